import { type DataExportEvent, dataExportEvents, type RawRef, refuse } from '@pf/contracts'

type Data<T extends DataExportEvent['type']> = Extract<DataExportEvent, { type: T }>['data']
export type Written = Omit<Data<'DataExportWritten'>, 'spaceId' | 'exportId' | 'writtenAt'>

type At = { spaceId: string; exportId: string; at: string }
export type DataExportCommand =
  | ({ type: 'RequestExport'; documents: RawRef } & At)
  | ({ type: 'RecordWritten' } & At & Written)
  | ({ type: 'RecordFailed'; detail: string } & At)
  | ({ type: 'DeleteExport'; why: 'user' | 'erasure' } & At)

export type DataExport = {
  readonly id: string
  readonly status: 'preparing' | 'ready' | 'failed' | 'deleted'
  readonly documents: RawRef
  readonly requestedAt: string
  readonly file: Written | undefined
  readonly readyAt: string | undefined
  readonly detail: string | undefined
}

/** The latest ones, oldest first. */
export type DataExports = { readonly exports: readonly DataExport[] }
export const initial: DataExports = { exports: [] }
/** Remembered of a space, files that are kept at a time. */
const remembered = 20
export const maxKept = 5

/** Whether its file is there at an instant. */
export const isKept = ({ status, file }: DataExport, at: string): boolean =>
  status === 'ready' && file !== undefined && at < file.expiresAt

/** Throws export_running, exports_full, export_not_found. */
export function decide(command: DataExportCommand, { exports }: DataExports): DataExportEvent[] {
  const { spaceId, exportId, at } = command
  const id = { spaceId, exportId }
  const known = exports.find((one) => one.id === exportId)
  if (command.type === 'RequestExport') {
    if (known !== undefined) return []
    if (exports.some(({ status }) => status === 'preparing'))
      throw refuse('export_running', 'One export is being written already; wait for it, or delete it first.')
    if (exports.filter((one) => isKept(one, at)).length >= maxKept)
      throw refuse('exports_full', `You have ${maxKept} exports, as many as are kept. Delete one first.`)
    return [{ type: 'DataExportRequested', data: { ...id, documents: command.documents, requestedAt: at } }]
  }
  if (known === undefined) throw exportNotFound()
  switch (command.type) {
    case 'RecordWritten': {
      if (known.status !== 'preparing') return []
      const { pieces, bytes, sha256, expiresAt } = command
      return [{ type: 'DataExportWritten', data: { ...id, pieces, bytes, sha256, expiresAt, writtenAt: at } }]
    }
    case 'RecordFailed':
      if (known.status !== 'preparing') return []
      return [{ type: 'DataExportFailed', data: { ...id, detail: command.detail, failedAt: at } }]
    case 'DeleteExport':
      if (known.status === 'deleted' || known.status === 'failed') return []
      return [{ type: 'DataExportDeleted', data: { ...id, why: command.why, deletedAt: at } }]
  }
}

export const exportNotFound = () =>
  refuse('export_not_found', 'There is no such export, or its file is gone. GET /exports lists yours.')

export function evolve({ exports }: DataExports, event: DataExportEvent): DataExports {
  if (event.type === 'DataExportRequested') {
    const { exportId: id, documents, requestedAt } = event.data
    const none = { file: undefined, readyAt: undefined, detail: undefined }
    const fresh: DataExport = { id, status: 'preparing', documents, requestedAt, ...none }
    return { exports: [...exports, fresh].slice(-remembered) }
  }
  return { exports: exports.map((one) => (one.id === event.data.exportId ? changed(one, event) : one)) }
}

function changed(one: DataExport, event: Exclude<DataExportEvent, { type: 'DataExportRequested' }>): DataExport {
  switch (event.type) {
    case 'DataExportWritten': {
      const { pieces, bytes, sha256, expiresAt, writtenAt } = event.data
      return { ...one, status: 'ready', file: { pieces, bytes, sha256, expiresAt }, readyAt: writtenAt }
    }
    case 'DataExportFailed':
      return { ...one, status: 'failed', detail: event.data.detail }
    case 'DataExportDeleted':
      return { ...one, status: 'deleted' }
  }
}

export const dataExports = { ...dataExportEvents, decider: { initial, decide, evolve } }
