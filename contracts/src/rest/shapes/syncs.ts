import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { DayRange, Nullable, Opaque, oneOf, told } from './parts.ts'

export const syncStatuses = [
  'queued',
  'fetching',
  'storing',
  'materialising',
  'completed',
  'partial',
  'failed',
] as const

export type SyncStatus = (typeof syncStatuses)[number]

export const Sync = Type.Object({
  id: Opaque,
  run_id: Opaque,
  connection_id: Opaque,
  account_id: Opaque,
  trigger: Type.String(),
  status: oneOf(syncStatuses),
  window: Nullable(DayRange),
  missed: Type.Optional(
    told(
      Nullable(DayRange),
      'Days before the window that nobody asked the bank for, and that it does not tell of any more.',
    ),
  ),
  calls: Type.Integer(),
  observed: Type.Integer(),
  added: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  held: Type.Integer(),
  requested_at: Instant,
  started_at: Nullable(Instant),
  finished_at: Nullable(Instant),
  retry_at: Nullable(Instant),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Sync = Omit<Static<typeof Sync>, 'status'> & { status: SyncStatus }

export const SyncRun = Type.Object({
  run_id: Opaque,
  syncs: Type.Array(Type.Object({ id: Opaque, account_id: Opaque })),
})
export type SyncRun = Static<typeof SyncRun>

export const DemoAdvance = Type.Object({
  bank_now: told(Type.String(), 'The demo bank’s instant now.'),
  runs: told(Type.Array(SyncRun), 'One for each connection to the demo bank.'),
})
export type DemoAdvance = Static<typeof DemoAdvance>
