import { dataExportEvents, martEvents, martRebuildEvents, queryBookEvents } from './analytics.events.ts'
import {
  apiTokenEvents,
  inviteEvents,
  passkeyEvents,
  secondFactorEvents,
  spaceErasureEvents,
  userEvents,
} from './auth.events.ts'
import { accountBookEvents, connectionErasureEvents, connectionEvents } from './connection.events.ts'
import type { AggregateDeclaration } from './event.ts'
import { feedEvents, runEvents } from './extraction.events.ts'
import { ledgerEvents } from './storage.events.ts'

/** Every aggregate there is: who reads a stream decodes by it. */
export const aggregates: readonly AggregateDeclaration[] = [
  connectionEvents,
  accountBookEvents,
  connectionErasureEvents,
  runEvents,
  feedEvents,
  ledgerEvents,
  martEvents,
  martRebuildEvents,
  queryBookEvents,
  dataExportEvents,
  userEvents,
  apiTokenEvents,
  inviteEvents,
  secondFactorEvents,
  passkeyEvents,
  spaceErasureEvents,
]
