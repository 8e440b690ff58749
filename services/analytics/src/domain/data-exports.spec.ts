import { specify } from '@pf/eventing/testing'
import { type DataExportCommand, dataExports, maxKept } from './data-exports.ts'

const { given } = specify(dataExports.decider)
const spaceId = '00000000-0000-7000-8000-000000000001'
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const at = '2026-05-01T08:00:00.000Z'
const expiresAt = '2026-05-08T08:00:00.000Z'
const documents = { key: 'upload/s/1', sha256: 'a'.repeat(64), bytes: 7 }
const file = { pieces: 2, bytes: 900, sha256: 'b'.repeat(64), expiresAt }

const of = (n: number, when = at) => ({ spaceId, exportId: id(n), at: when })
const request = (n: number, when?: string): DataExportCommand => ({ type: 'RequestExport', documents, ...of(n, when) })
const write = (n: number): DataExportCommand => ({ type: 'RecordWritten', ...of(n), ...file })
const fail = (n: number): DataExportCommand => ({ type: 'RecordFailed', detail: 'lost', ...of(n) })
const remove = (n: number, why: 'user' | 'erasure' = 'user'): DataExportCommand => ({
  type: 'DeleteExport',
  why,
  ...of(n),
})

const data = (n: number) => ({ spaceId, exportId: id(n) })
const requested = (n: number) => ({
  type: 'DataExportRequested' as const,
  data: { ...data(n), documents, requestedAt: at },
})
const written = (n: number) => ({ type: 'DataExportWritten' as const, data: { ...data(n), ...file, writtenAt: at } })
const failed = (n: number) => ({
  type: 'DataExportFailed' as const,
  data: { ...data(n), detail: 'lost', failedAt: at },
})
const deleted = (n: number, why: 'user' | 'erasure' = 'user') => ({
  type: 'DataExportDeleted' as const,
  data: { ...data(n), why, deletedAt: at },
})

describe("a space's exports", () => {
  it('are asked for once, however often the command comes', () => {
    given([])
      .when(request(1))
      .then([requested(1)])
    given([requested(1)])
      .when(request(1))
      .thenNothing()
  })
  it('are written one at a time', () => {
    given([requested(1)])
      .when(request(2))
      .thenRefuses('export_running')
    for (const over of [written(1), failed(1), deleted(1)])
      given([requested(1), over])
        .when(request(2))
        .then([requested(2)])
  })
  it('are bounded, until one is deleted or has expired', () => {
    const full = Array.from({ length: maxKept }, (_, n) => [requested(n + 1), written(n + 1)]).flat()
    given(full).when(request(9)).thenRefuses('exports_full')
    given([...full, deleted(2)])
      .when(request(9))
      .then([requested(9)])
    given(full)
      .when(request(9, expiresAt))
      .then([{ ...requested(9), data: { ...requested(9).data, requestedAt: expiresAt } }])
  })
  it('are ready, or failed, once', () => {
    given([requested(1)])
      .when(write(1))
      .then([written(1)])
    given([requested(1)])
      .when(fail(1))
      .then([failed(1)])
    for (const again of [write(1), fail(1)])
      given([requested(1), written(1)])
        .when(again)
        .thenNothing()
  })
  it('stay deleted when what was being written is whole', () => {
    given([requested(1), deleted(1)])
      .when(write(1))
      .thenNothing()
  })
  it('are deleted by their owner or by an erasure, once', () => {
    given([requested(1), written(1)])
      .when(remove(1))
      .then([deleted(1)])
    given([requested(1)])
      .when(remove(1, 'erasure'))
      .then([deleted(1, 'erasure')])
    given([requested(1), deleted(1)])
      .when(remove(1))
      .thenNothing()
  })
  it('do not know what was never asked for', () => {
    given([requested(1)])
      .when(remove(2))
      .thenRefuses('export_not_found')
  })
})
