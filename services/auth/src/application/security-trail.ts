import { type InputOf, type OutputOf, type Principal, refuse, type requests } from '@pf/contracts'
import { deviceOf } from '../domain/user-agent.ts'
import type { Audit } from './audit.ts'
import type { Client } from './client.ts'

const defaultLimit = 50
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A user's own security events; of all of them for an operator who asks for it. Throws operator_only, invalid_input. */
export async function securityTrail(
  audit: Audit,
  { userId, roles }: Principal,
  { all = false, limit = defaultLimit, cursor }: InputOf<typeof requests.auth.audit>,
): Promise<OutputOf<typeof requests.auth.audit>> {
  if (all && !roles.includes('operator')) {
    throw refuse('operator_only', "Only the operator sees everybody's security events. Leave `all` out for your own.")
  }
  if (cursor !== undefined && !isId.test(cursor)) {
    throw refuse('invalid_input', 'This cursor is of no page of ours. Take next_cursor as the page before told it.')
  }
  const whose = all ? {} : { userId }
  const found = await audit.list({ ...whose, ...(cursor === undefined ? {} : { before: cursor }), limit: limit + 1 })
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ id, at, action, userId: of, sessionId, client }) => ({
      id,
      at: at.toISOString(),
      action,
      user_id: of,
      session_id: sessionId,
      address: client?.address ?? null,
      device: client === undefined ? null : deviceOf(client.userAgent),
    })),
    ...(found.length > limit && last !== undefined ? { next_cursor: last.id } : {}),
  }
}

/** Keys of a provider lie with connection, which has no trail of its own. Throws operator_only. */
export async function noteProviderKeys(
  audit: Pick<Audit, 'record'>,
  { userId, spaceId, sessionId, roles }: Principal,
  client: Client,
): Promise<object> {
  if (!roles.includes('operator')) {
    throw refuse('operator_only', 'Only the operator of this installation puts keys of providers.')
  }
  await audit.record({ action: 'provider_keys_changed', user: { userId, spaceId }, sessionId, client })
  return {}
}
