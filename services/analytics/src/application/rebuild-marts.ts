import { type MartRebuildEvent, Rest, refuse } from '@pf/contracts'
import { type Clock, type CommandHandler, derivedUuid, encodePosition, type Recorded } from '@pf/eventing'
import { isSame, mustBeCompared, type Rebuild, type RebuildCommand, type Rebuilds } from '../domain/mart-rebuild.ts'
import { moneyOf } from '../domain/money.ts'
import { DraftLost, LakeIncomplete, type MartBuilder } from './ports.ts'

type Parts = {
  builder: MartBuilder
  rebuilds: CommandHandler<Rebuilds, RebuildCommand, MartRebuildEvent>
  clock: Clock
  keptDays: number
}

/** Its owner discarded it under way. */
class RebuildStopped extends Error {}

/** Told by the decider alone whether it happens: the same command twice has one effect. */
type What = RebuildCommand extends infer C
  ? C extends RebuildCommand
    ? Omit<C, 'spaceId' | 'rebuildId' | 'at'>
    : never
  : never

/** Marts built anew beside the ones that answer, compared, and switched by themselves where nothing differs. */
export function createRebuilder({ builder, rebuilds, clock, keptDays }: Parts) {
  const at = (spaceId: string) => ({ spaceId, aggregateId: spaceId })

  async function record(spaceId: string, rebuildId: string, what: What, commandId: string): Promise<Rebuild> {
    const command = { ...what, spaceId, rebuildId, at: clock.now().toISOString() } as RebuildCommand
    const { state } = await rebuilds.handle(at(spaceId), command, { commandId })
    return found(state, rebuildId)
  }

  async function find(spaceId: string, rebuildId: string): Promise<Rebuild> {
    return found((await rebuilds.load(at(spaceId))).state, rebuildId)
  }

  async function takeOver(spaceId: string, rebuildId: string, by: 'itself' | 'user', commandId: string) {
    try {
      await builder.takeOver(spaceId, rebuildId)
    } catch (error) {
      if (!(error instanceof DraftLost)) throw error
      return beginAgain(spaceId, rebuildId, error)
    }
    const oldKeptUntil = new Date(clock.now().getTime() + keptDays * 86_400_000).toISOString()
    return record(spaceId, rebuildId, { type: 'RecordSwitch', by, oldKeptUntil }, commandId)
  }

  /** Its file was a replica's that is gone: whoever holds the space now builds it once more, as another one. */
  async function beginAgain(spaceId: string, rebuildId: string, { message }: DraftLost): Promise<Rebuild> {
    const again = derivedUuid(`rebuild again ${rebuildId}`)
    const detail = `${message} It was begun once more, as ${again}.`
    return record(spaceId, rebuildId, { type: 'BeginAgain', again, detail }, `lost-${rebuildId}`)
  }

  async function compare(spaceId: string, rebuildId: string, signal: AbortSignal): Promise<Rebuild> {
    const onProgress = async (progress: Rebuild['progress']) => {
      const id = `progress-${rebuildId}-${progress.filesLoaded}-${progress.files}`
      const { status } = await record(spaceId, rebuildId, { type: 'RecordProgress', ...progress }, id)
      if (status !== 'building') throw new RebuildStopped()
    }
    try {
      const comparison = await builder.build(spaceId, rebuildId, onProgress, signal)
      return await record(spaceId, rebuildId, { type: 'RecordComparison', comparison }, `compared-${rebuildId}`)
    } catch (error) {
      if (error instanceof RebuildStopped) return find(spaceId, rebuildId)
      if (!(error instanceof LakeIncomplete)) throw error
      const failed: What = { type: 'DiscardRebuild', why: 'failed', detail: error.message.slice(0, 1000) }
      return record(spaceId, rebuildId, failed, `failed-${rebuildId}`)
    }
  }

  return {
    /** Throws rebuild_running, rebuild_empty. */
    async start(spaceId: string, { rebuildId, commandId }: { rebuildId: string; commandId: string }): Promise<Rebuild> {
      if ((await builder.expected(spaceId)) === 0)
        throw refuse('rebuild_empty', 'Nothing was stored yet, so there is nothing to build marts from.')
      return record(spaceId, rebuildId, { type: 'StartRebuild' }, commandId)
    },

    /** What a start sets going. Repeating it goes on where it was; throws where it is to be tried again. */
    async run(recorded: Recorded<MartRebuildEvent>, signal: AbortSignal): Promise<void> {
      for (const { type, data } of recorded.events) {
        if (type !== 'MartRebuildStarted') continue
        const { spaceId, rebuildId } = data
        const known = (await rebuilds.load(at(spaceId))).state.rebuilds.find(({ id }) => id === rebuildId)
        const now = known?.status === 'building' ? await compare(spaceId, rebuildId, signal) : known
        if (now?.status === 'compared' && now.comparison !== undefined && isSame(now.comparison))
          await takeOver(spaceId, rebuildId, 'itself', `switched-${rebuildId}`)
        // Nobody else has its file: what was discarded while it was built goes here.
        if (now?.status === 'discarded' || now?.status === 'failed') await builder.remove(spaceId, rebuildId)
      }
    },

    async list(spaceId: string): Promise<Rebuild[]> {
      return (await rebuilds.load(at(spaceId))).state.rebuilds.toReversed()
    },
    /** Throws rebuild_not_found. */
    find,
    /** Throws rebuild_not_found, rebuild_not_compared. */
    async takeOver(spaceId: string, { id, commandId }: { id: string; commandId: string }): Promise<Rebuild> {
      const known = await find(spaceId, id)
      if (known.status === 'switched') return known
      mustBeCompared(known)
      return takeOver(spaceId, id, 'user', commandId)
    },
    /** One that is being built stops at its next step. Throws rebuild_not_found, rebuild_not_compared. */
    async discard(spaceId: string, { id, commandId }: { id: string; commandId: string }): Promise<Rebuild> {
      const before = await find(spaceId, id)
      const discarded: What = { type: 'DiscardRebuild', why: 'user', detail: 'Discarded by its owner.' }
      const after = await record(spaceId, id, discarded, commandId)
      if (before.status === 'compared') await builder.remove(spaceId, id)
      return after
    },
  }
}
export type Rebuilder = ReturnType<typeof createRebuilder>

function found({ rebuilds }: Rebuilds, rebuildId: string): Rebuild {
  const rebuild = rebuilds.find(({ id }) => id === rebuildId)
  if (rebuild === undefined)
    throw refuse('rebuild_not_found', 'There is no such rebuild. GET /analytics/rebuilds lists them.')
  return rebuild
}

/** As the API shows it. */
export function rebuildView(rebuild: Rebuild): Rest.Rebuild {
  const { id, status, progress, comparison, startedAt, finishedAt, oldKeptUntil, detail } = rebuild
  return {
    id,
    status,
    progress: { files: progress.files, files_loaded: progress.filesLoaded, rows_loaded: progress.rowsLoaded },
    comparison: comparison === undefined ? null : comparisonView(comparison),
    started_at: startedAt,
    finished_at: finishedAt ?? null,
    old_kept_until: oldKeptUntil ?? null,
    error: status === 'failed' ? { code: 'rebuild_failed', detail: detail ?? '' } : null,
  }
}

function comparisonView(comparison: NonNullable<Rebuild['comparison']>): NonNullable<Rest.Rebuild['comparison']> {
  const { storagePosition, tables, sums, proof, transactions } = comparison
  return {
    same: isSame(comparison),
    log_position: encodePosition({ storage: storagePosition }),
    tables: tables.map(({ table, before, after }) => ({
      name: table,
      before,
      after,
      same: before.rows === after.rows && before.digest === after.digest,
    })),
    sums: sums.map(({ currency, before, after }) => ({
      currency,
      before: before === null ? null : moneyOf(BigInt(before), currency),
      after: after === null ? null : moneyOf(BigInt(after), currency),
    })),
    proof,
    transactions,
  }
}
