import { type Done, type InputOf, type LinkView, type Principal, refuse, type requests } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import type { InstitutionDetails } from '@pf/providers'
import type { NewRequisition } from '../domain/connection-commands.ts'
import { assertConnectionId } from './connection-views.ts'
import { configured, type Institutions } from './institutions.ts'
import type { Parts } from './parts.ts'
import { callbackOf } from './provider-keys.ts'
import { asking } from './provider-refusal.ts'

const referenceBytes = 32

type Asked = { requisition: NewRequisition; reconfirms: boolean }

/**
 * Asks for a bank. The provider is asked first, then one command holds the wish and its requisition, so that no connection
 * stands without a link. The same command again answers the same link and attempt.
 */
export async function requestConnection(
  parts: Parts & { institutions: Institutions },
  input: InputOf<typeof requests.connection.request>,
  { spaceId, userId }: Principal,
): Promise<Done<LinkView>> {
  const { connectionId, commandId, friendlyName } = input
  const at = { spaceId, aggregateId: connectionId }
  const attempt = await attemptOf(parts, spaceId, connectionId, commandId)
  const { state: before } = await parts.connections.load(at)
  if (before.status !== 'unknown') {
    const awaiting = before.status === 'removed' ? null : before.awaiting
    if (awaiting === null) throw refuse('conflict', `Connection ${connectionId} was asked for before; ask anew.`)
    return linkView(connectionId, 'pending', awaiting, attempt)
  }
  const institution = await parts.institutions.find(input.institutionId, input.provider)
  const { requisition, reconfirms } = await askForConsent(parts, institution, attempt)
  const handled = await parts.connections.handle(
    at,
    {
      type: 'RequestConnection',
      connectionId,
      spaceId,
      provider: institution.provider,
      institution: { id: institution.id, name: institution.name.slice(0, 256), logo: institution.logo.slice(0, 1024) },
      ...(friendlyName === undefined ? {} : { friendlyName }),
      requestedBy: userId,
      requestedAt: parts.clock.now().toISOString(),
      requisition,
      reconfirms,
    },
    { commandId },
  )
  const stands = handled.state.status === 'unknown' ? null : handled.state.awaiting
  if (stands?.requisitionId !== requisition.requisitionId) await takeBack(parts, institution.provider, requisition)
  return {
    ...linkView(connectionId, 'pending', stands ?? requisition, attempt),
    ...(await parts.shown(handled.position)),
  }
}

/** A new requisition for a connection that stands; the old consent works until the new one is confirmed. */
export async function renewConnection(
  parts: Parts & { institutions: Institutions },
  { id, commandId }: InputOf<typeof requests.connection.renew>,
  { spaceId }: Principal,
): Promise<Done<LinkView>> {
  assertConnectionId(id)
  const at = { spaceId, aggregateId: id }
  const { state } = await parts.connections.load(at)
  if (state.status === 'unknown') throw refuse('connection_not_found', `There is no connection ${id}.`)
  if (state.status === 'removed')
    throw refuse('connection_removed', `Connection ${id} was removed; ask for the bank again.`)
  const attempt = await attemptOf(parts, spaceId, id, commandId)
  const status = state.status === 'active' ? 'active' : 'pending'
  // The same command again: its requisition is the one that waits.
  if (state.awaiting?.attemptSha256 === sha256(attempt)) return linkView(id, status, state.awaiting, attempt)
  const institution = await parts.institutions.find(state.institution.id, state.provider)
  const { requisition, reconfirms } = await askForConsent(parts, institution, attempt)
  const command = { type: 'RecordRequisition', connectionId: id, requisition, reconfirms } as const
  const { events, position } = await parts.connections.handle(at, command, { commandId })
  const [created] = events
  if (created?.type === 'RequisitionCreated' && created.data.requisitionId !== requisition.requisitionId) {
    await takeBack(parts, institution.provider, requisition)
    throw refuse('conflict', 'This renewal was asked for before and has come to its end; ask for a new one.')
  }
  return { ...linkView(id, status, requisition, attempt), ...(await parts.shown(position)) }
}

const linkView = (
  id: string,
  status: string,
  { link, historyDays: history_days }: Pick<NewRequisition, 'link' | 'historyDays'>,
  attempt: string,
): LinkView => ({ id, status, link, attempt, history_days })

/**
 * The attempt's secret, which the browser carries as a cookie: an HMAC under the space's key. Nobody can guess it, nothing
 * keeps it, and a repeated command answers the same one.
 */
const attemptOf = (parts: Parts, spaceId: string, connectionId: string, commandId: string): Promise<string> =>
  parts.keys.fingerprint(spaceId, `attempt:${connectionId}:${commandId}`)

async function askForConsent(parts: Parts, institution: InstitutionDetails, attempt: string): Promise<Asked> {
  const reference = Buffer.from(parts.random.bytes(referenceBytes)).toString('base64url')
  const feed = await configured(parts.providers, institution.provider)
  const created = await asking(
    feed.createLink({
      institutionId: institution.id,
      redirect: callbackOf(parts),
      reference,
      historyDays: institution.maxHistoryDays,
      consentDays: institution.maxConsentDays,
      reconfirmation: true,
    }),
  )
  const { requisitionId, agreementId, link, historyDays, consentDays, reconfirmation = false } = created
  return {
    reconfirms: reconfirmation,
    requisition: {
      requisitionId,
      agreementId,
      link,
      referenceSha256: sha256(reference),
      attemptSha256: sha256(attempt),
      historyDays,
      consentDays,
      createdAt: parts.clock.now().toISOString(),
    },
  }
}

/** Two equal commands at once made two requisitions; the one that nobody knows is deleted, as well as it can be. */
async function takeBack(parts: Parts, provider: string, { requisitionId }: NewRequisition): Promise<void> {
  try {
    await (await parts.providers.lookup(provider))?.revokeLink(requisitionId)
  } catch (err) {
    // Nobody was ever sent to it, so it can never hold a consent.
    parts.logger.warn({ err, provider }, 'a requisition that nobody needs could not be deleted now')
  }
}
