import type { LedgerEvent, MartEvent } from '@pf/contracts'
import { type Clock, type CommandHandler, currentTrace, inSpan, inTrace, type Recorded, type Trace } from '@pf/eventing'
import type { Mart, RecordMaterialised } from '../domain/mart.ts'
import type { KnownFile, MartRegistry } from './ports.ts'

type Parts = {
  registry: Pick<MartRegistry, 'load'>
  marts: CommandHandler<Mart, RecordMaterialised, MartEvent>
  clock: Clock
  /** Storage messages taken into one transaction. */
  maxBatch: number
}

type Stored = Recorded<LedgerEvent>
/** `trace`: what its message belongs to; a batch is of many. */
type Waiting = { stored: Stored; trace: Trace; done: PromiseWithResolvers<void> }
type Loaded = { months: string[] }

/**
 * Storage messages into marts, per space one after another; what has queued up meanwhile goes into one transaction.
 * Resolves when the rows of `stored` are in every answer and MartsMaterialised says so; repeating it changes nothing.
 */
export function createMaterialiser(parts: Parts): (stored: Stored) => Promise<void> {
  const queues = new Map<string, Waiting[]>()

  async function drain(spaceId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await materialiseBatch(spaceId, queue.splice(0, parts.maxBatch))
    queues.delete(spaceId)
  }

  async function materialiseBatch(spaceId: string, batch: Waiting[]): Promise<void> {
    try {
      const loaded = await load(spaceId, batch)
      for (const { stored, trace, done } of batch)
        await inTrace(trace, () => record(stored, loaded)).then(done.resolve, done.reject)
    } catch (error) {
      // One unreadable file must not hold up what came with it.
      if (batch.length > 1) for (const one of batch) await materialiseBatch(spaceId, [one])
      else batch[0]?.done.reject(error)
    }
  }

  function load(spaceId: string, batch: readonly Waiting[]): Promise<Loaded> {
    const files = batch.flatMap(({ stored }) => filesOf(stored))
    const upTo = Math.max(...batch.map(({ stored }) => stored.seq))
    const span = {
      name: 'marts load',
      kind: 'client',
      attributes: { 'db.system.name': 'duckdb', files: files.length },
    } as const
    return inSpan(span, () => parts.registry.load(spaceId, files, upTo))
  }

  async function record(stored: Stored, { months }: Loaded): Promise<void> {
    const { spaceId, seq, correlationId } = stored
    const command: RecordMaterialised = {
      type: 'RecordMaterialised',
      spaceId,
      storageSeq: seq,
      syncs: syncsOf(stored),
      files: filesOf(stored).length,
      months,
      builtAt: parts.clock.now().toISOString(),
    }
    // The storage position makes the id, so that a redelivery is quiet.
    const context = { commandId: `storage-${seq}`, correlationId, causationId: stored.commandId }
    await parts.marts.handle({ spaceId, aggregateId: spaceId }, command, context)
  }

  return (stored) => {
    const done = Promise.withResolvers<void>()
    const waiting = { stored, trace: currentTrace(), done }
    const queue = queues.get(stored.spaceId)
    if (queue !== undefined) queue.push(waiting)
    else {
      const fresh = [waiting]
      queues.set(stored.spaceId, fresh)
      void drain(stored.spaceId, fresh)
    }
    return done.promise
  }
}

function filesOf({ events, seq }: Stored): KnownFile[] {
  return events
    .flatMap(({ type, data }) =>
      data.files.map((file) => ({ file, replaces: type === 'LakeCompacted' ? data.replaced : [] })),
    )
    .map(({ file: { key, dataset, schemaVersion, sha256, rows }, replaces }) => ({
      key,
      dataset,
      schemaVersion,
      sha256,
      rowCount: rows,
      seq,
      replaces,
    }))
}

function syncsOf({ events }: Stored): { syncId: string; accountId: string }[] {
  const syncs = new Map<string, { syncId: string; accountId: string }>()
  for (const { type, data } of events)
    if (type === 'TransactionsStored' || type === 'BalancesStored')
      syncs.set(data.syncId, { syncId: data.syncId, accountId: data.accountId })
  return [...syncs.values()]
}
