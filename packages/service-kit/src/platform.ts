import type { MikroORM } from '@mikro-orm/postgresql'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Clock, DeadLetters, EventLog, Ids, Leases, ProjectionStore, Timing } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import type { Holders, KeyRing, Random, SecretBox } from '@pf/vault'
import type { ErasedScope, ErasureLedger } from '@pf/vault/ledger'
import type { Bus } from './bus/bus.ts'
import type { Wire } from './bus/wire.ts'
import type { LiveConfig, PlatformConfig } from './config/index.ts'
import type { ErasureMark } from './erasure/erasure-mark.ts'
import type { Gate } from './erasure/gate.ts'
import type { Health } from './health.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics/index.ts'

/**
 * Everything a service stands on. Services of one process share one. `keys` is also eventing's `Sealer`. `nats` and `orm`
 * are absent on the memory platform: use `bus`, `eventLog`, `readModels`, `keys` and `secrets` wherever they do.
 */
export type Platform = {
  readonly config: PlatformConfig
  /** Those settings that may change under a running process, as they are now. */
  live(): LiveConfig
  readonly logger: Logger
  /** What is counted of it, for `/metrics`. */
  readonly metrics: Metrics
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  /** Back-off and waiting of all that runs here. */
  readonly timing: Timing
  readonly nats: NatsConnection | undefined
  readonly orm: MikroORM | undefined
  /** What bus and services talk over. */
  readonly wire: Wire
  readonly bus: Bus
  readonly eventLog: EventLog
  readonly keys: KeyRing
  readonly secrets: SecretBox
  /** Every process that may hold keys: the way in which an erasure reaches all of them. */
  readonly holders: Holders<ErasedScope>
  /** What was erased, kept outside of every backup. */
  readonly ledger: ErasureLedger
  /** What is under way in this process, by space. */
  readonly gate: Gate
  /** How far something has followed the ledger, kept in the database. */
  erasureMark(name: string): ErasureMark
  /** Spaces that are being moved to another installation: nothing is begun for them here. */
  leaving(): Promise<ReadonlySet<string>>
  readonly objects: ObjectStore
  readonly readModels: ProjectionStore
  /** What reactions gave up. */
  readonly deadLetters: DeadLetters
  /** What one process has at a time, over all replicas. */
  readonly leases: Leases
  health(): Promise<Health>
  /** After all services have stopped: the broker is drained, then the database closed. */
  close(): Promise<void>
}
export type ServerPlatform = Platform & { readonly nats: NatsConnection; readonly orm: MikroORM }
