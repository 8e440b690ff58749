import type { DataExportEvent, RawRef, Rest, SealedFile } from '@pf/contracts'
import type { Clock, CommandHandler, Recorded } from '@pf/eventing'
import {
  type DataExport,
  type DataExportCommand,
  type DataExports,
  exportNotFound,
  isKept,
} from '../domain/data-exports.ts'
import { type ExportFiles, ExportIncomplete } from './ports.ts'

type Parts = {
  files: ExportFiles
  exports: CommandHandler<DataExports, DataExportCommand, DataExportEvent>
  clock: Clock
  keptDays: number
}

/** Told by the decider alone whether it happens: the same command twice has one effect. */
type What = DataExportCommand extends infer C
  ? C extends DataExportCommand
    ? Omit<C, 'spaceId' | 'exportId' | 'at'>
    : never
  : never

/** All that there is of a space, as files that are made in the background and kept for a while. */
export function createDataExports({ files, exports, clock, keptDays }: Parts) {
  const at = (spaceId: string) => ({ spaceId, aggregateId: spaceId })
  const now = () => clock.now().toISOString()

  async function record(spaceId: string, exportId: string, what: What, commandId: string): Promise<DataExport> {
    const command = { ...what, spaceId, exportId, at: now() } as DataExportCommand
    const { state } = await exports.handle(at(spaceId), command, { commandId })
    return found(state, exportId)
  }
  const load = async (spaceId: string) => (await exports.load(at(spaceId))).state
  const find = async (spaceId: string, id: string) => found(await load(spaceId), id)

  async function write(spaceId: string, one: DataExport, signal: AbortSignal): Promise<void> {
    const { id } = one
    try {
      const file = await files.write(spaceId, one, signal)
      const expiresAt = new Date(clock.now().getTime() + keptDays * 86_400_000).toISOString()
      const what: What = { type: 'RecordWritten', ...file, expiresAt }
      // Deleted meanwhile, by its owner or an erasure: what was written goes as well.
      if ((await record(spaceId, id, what, `written-${id}`)).status === 'ready') await files.drop(one.documents)
      else await files.remove(spaceId, one)
    } catch (error) {
      if (!(error instanceof ExportIncomplete)) throw error
      await files.remove(spaceId, one)
      await record(spaceId, id, { type: 'RecordFailed', detail: error.message.slice(0, 1000) }, `failed-${id}`)
    }
  }

  return {
    /** Throws export_running, exports_full. */
    request(
      spaceId: string,
      { exportId, documents, commandId }: { exportId: string; documents: RawRef; commandId: string },
    ): Promise<DataExport> {
      return record(spaceId, exportId, { type: 'RequestExport', documents }, commandId)
    },

    /** What a request sets going. Repeating it begins the file anew. */
    async run(recorded: Recorded<DataExportEvent>, signal: AbortSignal): Promise<void> {
      for (const { type, data } of recorded.events) {
        if (type !== 'DataExportRequested') continue
        const { spaceId, exportId } = data
        const known = (await load(spaceId)).exports.find(({ id }) => id === exportId)
        if (known?.status === 'preparing') await write(spaceId, known, signal)
        else if (known?.status !== 'ready') await files.remove(spaceId, { id: exportId, documents: data.documents })
      }
    },

    list: async (spaceId: string): Promise<DataExport[]> => (await load(spaceId)).exports.toReversed(),
    /** Throws export_not_found. */
    find,
    /** Throws export_not_found, also where it is not ready, or not any more. */
    async file(spaceId: string, id: string): Promise<SealedFile> {
      const one = await find(spaceId, id)
      if (one.file === undefined || !isKept(one, now())) throw exportNotFound()
      const { pieces, bytes, sha256 } = one.file
      return { folder: files.folderOf(spaceId, id), pieces, bytes, sha256 }
    },
    /** Throws export_not_found. */
    async remove(spaceId: string, { id, commandId }: { id: string; commandId: string }): Promise<void> {
      const one = await record(spaceId, id, { type: 'DeleteExport', why: 'user' }, commandId)
      await files.remove(spaceId, one)
    },
    /** What is being written, and what is kept, tells of all accounts. Answers how many went. */
    async removeAll(spaceId: string): Promise<number> {
      const there = (await load(spaceId)).exports.filter((one) => one.status === 'preparing' || isKept(one, now()))
      for (const one of there) {
        await record(spaceId, one.id, { type: 'DeleteExport', why: 'erasure' }, `erased-${one.id}`)
        await files.remove(spaceId, one)
      }
      return there.length
    },
    view: (one: DataExport): Rest.DataExport => viewOf(one, now()),
  }
}
export type DataExportsOfSpaces = ReturnType<typeof createDataExports>

function found({ exports }: DataExports, exportId: string): DataExport {
  const one = exports.find(({ id }) => id === exportId)
  if (one === undefined) throw exportNotFound()
  return one
}

/** As the API shows it. */
function viewOf(one: DataExport, now: string): Rest.DataExport {
  const { id, status, file, requestedAt, readyAt, detail } = one
  return {
    id,
    status: status === 'ready' && !isKept(one, now) ? 'expired' : status,
    bytes: file?.bytes ?? null,
    sha256: file?.sha256 ?? null,
    requested_at: requestedAt,
    ready_at: readyAt ?? null,
    expires_at: file?.expiresAt ?? null,
    error: status === 'failed' ? { code: 'export_failed', detail: detail ?? '' } : null,
  }
}
