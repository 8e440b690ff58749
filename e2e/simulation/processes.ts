import { createMaterialiser, type MartRegistry, mart, materialiseStored } from '@pf/analytics/assembly'
import { type AssembledConnection, assembleConnection } from '@pf/connection/assembly'
import { createCommandHandler, createIds, type Reaction } from '@pf/eventing'
import { createMemoryLeases } from '@pf/eventing/memory'
import { type AssembledExtraction, assembleExtraction } from '@pf/extraction/assembly'
import { openProviders, type ProviderInstance } from '@pf/providers'
import type { BankInProcess } from '@pf/sandbox-bank/in-process'
import {
  createGate,
  createLogger,
  type Erasing,
  type Platform,
  type PlatformConfig,
  schedule,
  startReaction,
  type Task,
} from '@pf/service-kit'
import { asSealer, eraseService } from '@pf/service-kit/testing'
import { assembleStorage } from '@pf/storage/assembly'
import type { KeyRing, Random, SecretBox } from '@pf/vault'
import { fetchOf } from './bank-wire.ts'
import type { Broker } from './broker.ts'
import type { DeadLetterOffice } from './dead-letters.ts'
import type { Installation } from './installation.ts'
import { jsonLake } from './json-lake.ts'
import type { Line } from './line.ts'
import type { Objects } from './objects.ts'
import type { ReadModels } from './read-models.ts'
import { newOwner, type Owner } from './virtual-time.ts'

export type Role = 'connection' | 'extraction' | 'storage' | 'analytics'
export type ProcessPlan = { name: string; roles: readonly Role[] }

const everything: readonly Role[] = ['connection', 'extraction', 'storage', 'analytics']
/** As `npm start` has it; each service apart; with a second replica of those that do the work. */
export const topologies: readonly (readonly ProcessPlan[])[] = [
  [{ name: 'all', roles: everything }],
  everything.map((role) => ({ name: role, roles: [role] })),
  [
    { name: 'connection', roles: ['connection'] },
    { name: 'extraction-a', roles: ['extraction'] },
    { name: 'extraction-b', roles: ['extraction'] },
    { name: 'storage-a', roles: ['storage'] },
    { name: 'storage-b', roles: ['storage'] },
    { name: 'analytics', roles: ['analytics'] },
  ],
]

/** What outlives every process. */
export type Outside = {
  line: Line
  broker: Broker
  objects: Objects
  readModels: ReadModels
  deadLetters: DeadLetterOffice
  bank: BankInProcess
  openVault(): { keys: KeyRing; secrets: SecretBox }
  random: Random
  instance: ProviderInstance
  /** Parts of a platform that nothing simulated asks. */
  installation: Installation
  rest: Pick<Platform, 'metrics' | 'wire' | 'live'> & { config: PlatformConfig }
  /** An error that a service told of. */
  onTrouble(process: string, facts: Record<string, unknown>): void
}

type Assembled = { reactions: readonly Reaction[]; tasks: readonly Task[]; erasing: Erasing }
/** Analytics has its stream alone. */
const noMarts: Erasing = { context: 'analytics', aggregatesOf: async () => [], shared: async () => 0 }

const minuteMs = 60_000
const restartAfterFailureMs = 5_000
const cadence = { tickMs: 60 * minuteMs, watchEveryMs: 240 * minuteMs }
/** Files are compacted and swept within days, so that years have many of both. */
const lakeBounds = {
  compactFrom: 6,
  tendEveryMs: 12 * 60 * minuteMs,
  sweepEveryMs: 36 * 60 * minuteMs,
  replacedForMs: 48 * 60 * minuteMs,
  orphanForMs: 48 * 60 * minuteMs,
}

/** One process and its incarnations. */
export class Process {
  readonly name: string
  readonly #roles: readonly Role[]
  readonly #outside: Outside
  owner: Owner
  /** What requests come to; undefined while it starts. */
  connection: AssembledConnection['parts'] | undefined
  extraction: AssembledExtraction['parts'] | undefined

  constructor({ name, roles }: ProcessPlan, outside: Outside) {
    this.name = name
    this.#roles = roles
    this.#outside = outside
    this.owner = newOwner(name, false)
  }

  start(): void {
    const owner = newOwner(this.name)
    this.owner = owner
    this.#open(owner).catch((error: unknown) => {
      // A supervisor starts again what could not start.
      this.#outside.onTrouble(this.name, { err: error, msg: 'could not start' })
      if (owner.isAlive) this.crash(restartAfterFailureMs)
    })
  }

  /** Its memory is lost; another incarnation comes after `ms`. */
  crash(ms: number): void {
    const { line, readModels } = this.#outside
    this.owner.isAlive = false
    this.connection = undefined
    this.extraction = undefined
    for (const told of this.owner.mourners) told()
    readModels.release(this.owner)
    line.time.after(ms, undefined, () => this.start())
  }

  /** Stopped for `ms`: what it held on to passes to others, and it does not know. */
  pause(ms: number): void {
    const { line, readModels } = this.#outside
    this.owner.pausedUntilMs = line.time.nowMs + ms
    readModels.release(this.owner)
  }

  async #open(owner: Owner): Promise<void> {
    const platform = platformOf(owner, this.#outside)
    const { bank, line, instance } = this.#outside
    const providers = openProviders([instance], {
      clock: platform.clock,
      secrets: platform.secrets,
      fetch: fetchOf(owner, bank, line),
      deadline: (ms) => line.time.deadline(ms, owner),
    })
    const run = async ({ reactions, tasks, erasing }: Assembled) => {
      // In the order of `startService`: what was erased meanwhile goes before anything is reacted to.
      const erasure = eraseService(platform, erasing)
      erasure.listen()
      await erasure.catchUp()
      this.#outside.installation.answers(owner, erasing.context, erasure.answer)
      for (const reaction of reactions) await startReaction(platform, reaction)
      for (const task of tasks) schedule(platform, task)
    }
    if (this.#roles.includes('connection')) {
      const assembled = await assembleConnection(platform, { providers, watchEveryMs: cadence.watchEveryMs })
      await run(assembled)
      if (owner.isAlive) this.connection = assembled.parts
    }
    if (this.#roles.includes('extraction')) {
      const assembled = await assembleExtraction(platform, { providers, tickMs: cadence.tickMs })
      await run(assembled)
      if (owner.isAlive) this.extraction = assembled.parts
    }
    if (this.#roles.includes('storage')) {
      await run(await assembleStorage(platform, { format: jsonLake, packing: plainRows, bounds: lakeBounds }))
    }
    if (this.#roles.includes('analytics')) await run({ reactions: [martsOf(platform)], tasks: [], erasing: noMarts })
  }
}

export function platformOf(owner: Owner, outside: Outside): Platform {
  const { line, broker, objects, readModels, random, rest, installation } = outside
  const { clock } = line.time
  const { keys, secrets } = outside.openVault()
  const write = (text: string) => outside.onTrouble(owner.name, JSON.parse(text) as Record<string, unknown>)
  return {
    ...rest,
    logger: createLogger({ name: owner.name, level: 'error', clock }, { write }),
    clock,
    ids: createIds(clock, (bytes) => random.bytes(bytes)),
    random,
    timing: line.time.timingOf(owner),
    nats: undefined,
    orm: undefined,
    eventLog: broker.logOf(owner),
    keys: asSealer(keys),
    secrets,
    objects: objects.storeOf(owner),
    readModels: readModels.storeOf(owner),
    deadLetters: outside.deadLetters.lettersOf(owner),
    bus: installation.busOf(owner),
    ledger: installation.ledger,
    holders: installation.holdersOf(owner, keys),
    gate: createGate(line.time.timingOf(owner)),
    erasureMark: installation.marks,
    leaving: async () => new Set(),
    leases: createMemoryLeases(),
    health: async () => ({}),
    close: async () => undefined,
  }
}

/** Rows as they are: nothing is saved by packing a few. */
const plainRows: NonNullable<Parameters<typeof assembleStorage>[1]>['packing'] = (() => {
  const kept = new WeakMap<Uint8Array, readonly never[]>()
  return {
    pack(rows) {
      const name = new Uint8Array(rows.length)
      kept.set(name, rows as readonly never[])
      return name
    },
    unpack: (bytes) => [...(kept.get(bytes) ?? [])],
  }
})()

/** Analytics without marts: what is stored counts as shown. */
function martsOf(platform: Platform): Reaction {
  const { eventLog: log, keys: sealer, clock, ids, timing } = platform
  const registry: Pick<MartRegistry, 'load'> = {
    load: async (_spaceId, files) => ({ files: files.length, months: [] }),
  }
  const marts = createCommandHandler(mart, { log, sealer, clock, ids, timing })
  return materialiseStored(createMaterialiser({ registry, marts, clock, maxBatch: 100 }), 16)
}
