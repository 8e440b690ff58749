import { type AccountView, type ConnectionView, refuse } from '@pf/contracts'
import { consentStatus } from '../domain/consent-status.ts'
import { leftOutCounts, leftOutError } from '../domain/left-out.ts'
import type { AccountRow, Shown } from '../read/accounts.ts'
import { type ConnectionRow, standing } from '../read/connections.ts'
import type { Parts } from './parts.ts'
import { providerTime } from './provider-time.ts'

type Viewing = Pick<Parts, 'providers' | 'logos'>

/** Connections of one space at most; beyond it a list would need pages. */
const maxConnections = 500
const maxAccounts = 2000

const errors: Partial<Record<ConnectionView['status'], { code: string; detail: string }>> = {
  failed: { code: 'consent_not_given', detail: 'The bank did not grant access. Renew the connection to try again.' },
  expired: { code: 'consent_expired', detail: 'The consent has run out. Renew the connection to go on.' },
  revoked: { code: 'consent_revoked', detail: 'The bank ended the consent. Renew the connection to go on.' },
}

const suspended = {
  code: 'consent_suspended',
  detail: 'The provider stopped reading after too many errors. Connect the bank again by renewing the connection.',
}
const unconfirmed = {
  code: 'reconfirmation_due',
  detail: 'Nothing can be read until you confirm, at the page of the provider, that the consent goes on.',
}

export async function connectionsOf(parts: Parts, spaceId: string): Promise<ConnectionView[]> {
  const rows = await parts.views.connections.find({
    where: { spaceId, stage: standing },
    orderBy: [{ column: 'requestedAt' }, { column: 'connectionId' }],
    limit: maxConnections,
  })
  return Promise.all(rows.map((row) => viewOf(parts, row)))
}

/** Throws connection_not_found for what no id of ours looks like: the log has no subject for it, and says so less kindly. */
export function assertConnectionId(id: string): void {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw refuse('connection_not_found', 'There is no such connection.')
}

/** Throws connection_not_found, also for another space's. */
export async function connectionOf(parts: Parts, spaceId: string, connectionId: string): Promise<ConnectionView> {
  const [row] = await parts.views.connections.find({ where: { spaceId, connectionId, stage: standing }, limit: 1 })
  if (row === undefined) throw refuse('connection_not_found', `There is no connection ${connectionId}.`)
  return viewOf(parts, row)
}

async function viewOf(parts: Viewing, row: ConnectionRow): Promise<ConnectionView> {
  const { providers } = parts
  const { isAwaiting: awaiting, endReason, expiresAt, isSuspended } = row
  const stage = row.stage === 'removed' ? 'ended' : row.stage
  const now = await providerTime(providers, row.provider)
  const status = consentStatus({ stage, awaiting, endReason, suspended: isSuspended, expiresAt }, now)
  return {
    id: row.connectionId,
    provider: row.provider,
    institution: await institutionOf(parts, row),
    friendly_name: row.friendlyName,
    status,
    consent: consentOf(row),
    accounts: row.accountIds,
    left_out: leftOutCounts(row.leftOut),
    demo: providers.isDemo(row.provider),
    reconfirmation: reconfirmationOf(row),
    error: errorOf(row, status, now),
  }
}

const consentOf = ({ grantedAt, expiresAt, historyDays }: ConnectionRow): ConnectionView['consent'] =>
  grantedAt === null || expiresAt === null
    ? null
    : {
        granted_at: grantedAt,
        expires_at: expiresAt,
        ...(historyDays === null ? {} : { history_days: historyDays }),
      }

const reconfirmationOf = ({ reconfirmation }: ConnectionRow) =>
  reconfirmation === null
    ? null
    : { link: reconfirmation.link, due_at: reconfirmation.dueAt, valid_to: reconfirmation.validTo }

function errorOf(
  { isSuspended, leftOut: reasons, reconfirmation }: ConnectionRow,
  status: ConnectionView['status'],
  now: string | undefined,
): ConnectionView['error'] {
  const leftOut = leftOutError(reasons)
  if (status === 'failed') return isSuspended ? suspended : (leftOut ?? errors.failed ?? null)
  const isLate = reconfirmation !== null && now !== undefined && Date.parse(now) >= Date.parse(reconfirmation.dueAt)
  return errors[status] ?? (isLate ? unconfirmed : leftOut) ?? null
}

async function institutionOf({ providers, logos }: Viewing, row: ConnectionRow) {
  const { institutionId: id, institutionName: name, institutionLogo: said, provider } = row
  return { id, name, logo: await logos.pathOf({ id, logo: said, demo: providers.isDemo(provider) }) }
}

/**
 * Accounts that a consent has shown, or that a file opened; those of a removed connection stay. `connectionId`: all that it
 * shows, also where another one showed them later.
 */
export async function accountsOf(
  parts: Parts,
  spaceId: string,
  { connectionId, accountId }: { connectionId?: string; accountId?: string } = {},
): Promise<AccountView[]> {
  const [rows, connections] = await Promise.all([
    parts.views.accounts.find({
      where: { spaceId, ...(accountId === undefined ? {} : { accountId }) },
      orderBy: [{ column: 'accountId' }],
      limit: maxAccounts,
    }),
    parts.views.connections.find({ where: { spaceId }, limit: maxConnections }),
  ])
  const byId = new Map(connections.map((row) => [row.connectionId, row]))
  const wanted = connectionId === undefined ? rows : rows.filter((row) => isShownBy(row, byId.get(connectionId)))
  return (await Promise.all(wanted.map((row) => accountView(parts, row, byId)))).flat()
}

/** By its consent, or, where that has ended for good, by what it showed before. */
const isShownBy = ({ accountId, shownBy }: AccountRow, connection: ConnectionRow | undefined): boolean =>
  connection !== undefined &&
  (connection.accountIds.includes(accountId) || shownBy[0]?.connectionId === connection.connectionId)

async function accountView(
  parts: Viewing,
  { accountId, shownBy, declaredBank, name, kind, currency }: AccountRow,
  connections: ReadonlyMap<string, ConnectionRow>,
): Promise<AccountView[]> {
  // One that can be read goes before one that cannot any more.
  const isRead = (shown: Shown) => connections.get(shown.connectionId)?.stage === 'active'
  const shown = shownBy.find(isRead) ?? shownBy[0]
  // A bank showed it and no consent was linked: nothing is known of it yet.
  if (shown === undefined && declaredBank === null) return []
  const connection = connections.get(shown?.connectionId ?? '')
  const bank = connection === undefined ? declaredBank : await institutionOf(parts, connection)
  return [
    {
      id: accountId,
      connection_id: shown?.connectionId ?? null,
      provider_account_id: shown?.providerAccountId ?? '',
      name,
      kind,
      currency,
      institution: bank ?? { id: '', name: '', logo: '' },
      demo: connection !== undefined && parts.providers.isDemo(connection.provider),
    },
  ]
}
