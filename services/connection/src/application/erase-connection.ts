import {
  type ConnectionErasureEvent,
  type ConnectionEvent,
  type ErasureScope,
  refuse,
  systemSpace,
} from '@pf/contracts'
import { type CommandHandler, derivedUuid, KeyMissing } from '@pf/eventing'
import type { ConnectionErasure, ConnectionErasureCommand, ErasedAccounts } from '../domain/connection-erasure.ts'
import { standing } from '../read/connections.ts'
import type { Parts } from './parts.ts'
import { revokeObsolete } from './revoke-requisitions.ts'

export type ErasureParts = Parts & {
  erasures: CommandHandler<ConnectionErasure, ConnectionErasureCommand, ConnectionErasureEvent>
  /** Everything that happened to a connection. */
  historyOf(of: { spaceId: string; connectionId: string }): Promise<ConnectionEvent[]>
  /** Resolves when the read models have everything that the log has now. */
  upToDate(): Promise<void>
}

const at = (erasureId: string) => ({ spaceId: systemSpace, aggregateId: erasureId })

/** Of a connection, not of a command: it is erased once, however often somebody asks. */
const erasureIdOf = (connectionId: string): string => derivedUuid('erasure', connectionId)

/**
 * From here on it will happen. Answers the accounts that go, and those that another connection still feeds. Throws
 * connection_not_found.
 */
export async function requestErasure(
  parts: ErasureParts,
  of: { spaceId: string; connectionId: string; userId: string },
): Promise<{ erased: string[]; kept: string[] }> {
  const { spaceId, connectionId, userId } = of
  const erasureId = erasureIdOf(connectionId)
  const accounts = await accountsOf(parts, of)
  const requestedAt = parts.clock.now().toISOString()
  const { state } = await parts.erasures.handle(
    at(erasureId),
    { type: 'RequestErasure', erasureId, spaceId, connectionId, ...accounts, requestedBy: userId, requestedAt },
    { commandId: `erase-${connectionId}` },
  )
  const { accountIds, keptAccountIds } = state.status === 'requested' ? state : accounts
  return { erased: accountIds, kept: keptAccountIds }
}

/** All accounts that it ever showed, or that a bank described for a consent of it. */
async function accountsOf(
  parts: ErasureParts,
  { spaceId, connectionId }: { spaceId: string; connectionId: string },
): Promise<ErasedAccounts> {
  const events = await parts.historyOf({ spaceId, connectionId })
  if (events.length === 0) throw refuse('connection_not_found', `There is no connection ${connectionId}.`)
  const ever = new Set(events.flatMap(accountsIn))
  await parts.upToDate()
  const others = await parts.views.connections.find({ where: { spaceId, stage: standing } })
  const living = new Set(others.map((row) => row.connectionId).filter((id) => id !== connectionId))
  const rows = await parts.views.accounts.find({ where: { spaceId, accountId: [...ever] } })
  const kept = new Set(
    rows.filter(({ shownBy }) => shownBy.some((shown) => living.has(shown.connectionId))).map((row) => row.accountId),
  )
  return { accountIds: [...ever].filter((id) => !kept.has(id)), keptAccountIds: [...kept] }
}

function accountsIn({ type, data }: ConnectionEvent): string[] {
  if (type === 'AccountExamined') return 'accountId' in data.found ? [data.found.accountId] : []
  return type === 'RequisitionLinked' ? data.accounts.map(({ accountId }) => accountId) : []
}

/** Providers in trouble are waited for a while, some 30 s; then their consents have to run out by themselves. */
const consentAttempts = 6

type Requested = Extract<ConnectionErasureEvent, { type: 'ConnectionErasureRequested' }>['data']
export type CarryOutParts = ErasureParts & {
  carryOut(erasure: { erasureId: string; scope: ErasureScope; userId: string }): Promise<void>
}

/** All of it, however far an earlier attempt came. Throws where it is to be tried again. */
export async function eraseConnection(parts: CarryOutParts, requested: Requested, attempt: number): Promise<void> {
  const { erasureId, spaceId, connectionId, accountIds, requestedBy } = requested
  const { state } = await parts.erasures.load(at(erasureId))
  if (state.status === 'erased') return
  // First of all: who connects the same bank again meanwhile must not be given accounts whose keys are about to go.
  await forgetAccounts(parts, spaceId, accountIds)
  await endConsent(parts, { spaceId, connectionId }, attempt >= consentAttempts)
  const scope: ErasureScope = { of: 'connection', spaceId, connectionId, accountIds }
  await parts.carryOut({ erasureId, scope, userId: requestedBy })
  const erasedAt = parts.clock.now().toISOString()
  await parts.erasures.handle(at(erasureId), { type: 'RecordErased', erasureId, erasedAt }, { commandId: 'erased' })
}

/**
 * Before the keys are dropped: without them nobody knows any more what stands at the provider. Answers whether anything is
 * left there, which `last` allows.
 */
async function endConsent(
  parts: Parts,
  of: { spaceId: string; connectionId: string },
  last: boolean,
): Promise<boolean> {
  try {
    await revokeObsolete(parts, of)
    return false
  } catch (error) {
    // An earlier attempt has come further, or the whole space is being erased.
    if (error instanceof KeyMissing) return false
    if (!last) throw error
    const facts = { connectionId: of.connectionId, err: error }
    parts.logger.warn(facts, 'a consent could not be ended at its provider before its erasure: it runs out by itself')
    return true
  }
}

/** Takes out all banks of a space and ends their consents. Answers how many could not be ended, which `last` allows. */
export async function endConsents(
  parts: ErasureParts,
  spaceId: string,
  { last }: { last: boolean },
): Promise<{ left: number }> {
  await parts.upToDate()
  const rows = await parts.views.connections.find({ where: { spaceId } })
  let left = 0
  for (const { connectionId } of rows) {
    try {
      await parts.connections.handle(
        { spaceId, aggregateId: connectionId },
        { type: 'RemoveConnection', connectionId, erase: false, removedAt: parts.clock.now().toISOString() },
        { commandId: `erase-all:${connectionId}` },
      )
    } catch (error) {
      // An earlier attempt has dropped the keys already, and had come by here.
      if (error instanceof KeyMissing) return { left }
      throw error
    }
    if (await endConsent(parts, { spaceId, connectionId }, last)) left++
  }
  return { left }
}

/** What this service has of a scope beside its stream: rows, and the accounts' place in the space's book. */
export async function eraseShared({ erase, ...parts }: Parts, scope: ErasureScope): Promise<number> {
  const { spaceId } = scope
  if (scope.of === 'space') {
    return sum([
      await erase.connections({ spaceId }),
      await erase.consentAttempts({ spaceId }),
      await erase.accounts({ spaceId }),
    ])
  }
  const { connectionId, accountIds } = scope
  const ofConnection = { spaceId, rows: [{ connectionId }], aggregateIds: [connectionId] }
  return sum([
    await forgetAccounts(parts, spaceId, accountIds),
    await erase.connections(ofConnection),
    await erase.consentAttempts(ofConnection),
    await erase.accounts({ ...ofConnection, rows: accountIds.map((accountId) => ({ accountId })) }),
  ])
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)

async function forgetAccounts(
  parts: Pick<Parts, 'accountBook' | 'freshId'>,
  spaceId: string,
  accountIds: readonly string[],
): Promise<number> {
  try {
    const { events } = await parts.accountBook.handle(
      { spaceId, aggregateId: spaceId },
      { type: 'ForgetAccounts', accountIds: [...accountIds] },
      { commandId: parts.freshId() },
    )
    return events.length
  } catch (error) {
    // The whole space is being erased as well: its book with it.
    if (error instanceof KeyMissing) return 0
    throw error
  }
}
