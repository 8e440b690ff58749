import type { FeedAccount, FeedEvent, Quota, RawRef, Scope, Window } from '@pf/contracts'
import type { Failure } from './back-off.ts'

export type StartSync = {
  type: 'StartSync'
  syncId: string
  runId: string
  account: FeedAccount
  attempt: number
  bankNow: string
  startedAt: string
}
/** `callId` is new each time; where a call of this sync and scope is still open, its outcome is given up as unknown. */
export type IntendCall = {
  type: 'IntendCall'
  syncId: string
  callId: string
  scope: Scope
  /** The user has consented anew, or wants it now: what the bank withheld before may be given out. */
  insists?: boolean
  bankNow: string
  at: string
}
export type Answer = { callId: string; raw: RawRef; fetchedAt: string; bankNow: string; quota?: Quota }
export type CompleteFetch = {
  type: 'CompleteFetch'
  syncId: string
  transactions: Answer
  balances?: Answer
  /** The day of the account's zone on which the bank last brought the transactions up to date, where it says. */
  updatedOn?: string
}
/** The bank keeps the transactions back, and this sync cannot have them; what else came is kept. */
export type EndWithheld = { type: 'EndWithheld'; syncId: string; balances?: Answer; at: string }
export type FailCall = Failure & {
  type: 'FailCall'
  syncId: string
  callId: string
  scope: Scope
  code: string
  spent: 'yes' | 'no' | 'unknown'
  /** The first day that the bank would answer for, where it named one as it refused the window. */
  earliest?: string
  bankNow: string
  at: string
}
/** It ends before a call could be made; nothing is tried again by itself. */
export type FailSync = { type: 'FailSync'; syncId: string; code: string; detail: string; at: string }
export type RecordStored = {
  type: 'RecordStored'
  syncId: string
  window: Window
  counts: Extract<FeedEvent, { type: 'SyncStored' }>['data']['counts']
  storedAt: string
}
export type CompleteSync = { type: 'CompleteSync'; syncId: string; completedAt: string }
export type FeedCommand =
  | StartSync
  | IntendCall
  | CompleteFetch
  | EndWithheld
  | FailCall
  | FailSync
  | RecordStored
  | CompleteSync
