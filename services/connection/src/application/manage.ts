import {
  type AccountView,
  type ConnectionView,
  type Done,
  type InputOf,
  type Principal,
  refuse,
  type requests,
} from '@pf/contracts'
import { accountsOf, assertConnectionId, connectionOf } from './connection-views.ts'
import { type ErasureParts, requestErasure } from './erase-connection.ts'
import type { Parts } from './parts.ts'

/** Throws connection_not_found. */
export async function renameConnection(
  parts: Parts,
  { id, friendlyName, commandId }: InputOf<typeof requests.connection.rename>,
  { spaceId }: Principal,
): Promise<Done<ConnectionView>> {
  await connectionOf(parts, spaceId, id)
  const { position } = await parts.connections.handle(
    { spaceId, aggregateId: id },
    { type: 'RenameConnection', connectionId: id, friendlyName },
    { commandId },
  )
  const behind = await parts.shown(position)
  return { ...(await connectionOf(parts, spaceId, id)), friendly_name: friendlyName, ...behind }
}

/**
 * Its requisitions are deleted at the provider afterwards, however long that takes. With `erase` its history goes, also where
 * it was taken out before; the answer says which accounts go and which another connection still feeds. Throws
 * connection_not_found.
 */
export async function removeConnection(
  parts: ErasureParts,
  { id, erase, commandId }: InputOf<typeof requests.connection.remove>,
  { spaceId, userId }: Principal,
): Promise<Done<{ erasing?: { erased: string[]; kept: string[] } }>> {
  assertConnectionId(id)
  const { position } = await parts.connections.handle(
    { spaceId, aggregateId: id },
    { type: 'RemoveConnection', connectionId: id, erase, removedAt: parts.clock.now().toISOString() },
    { commandId },
  )
  const shown = await parts.shown(position)
  if (!erase) return shown
  return { ...shown, erasing: await requestErasure(parts, { spaceId, connectionId: id, userId }) }
}

/** Throws account_not_found. */
export async function changeAccount(
  parts: Parts,
  { id, commandId, ...said }: InputOf<typeof requests.connection.changeAccount>,
  { spaceId }: Principal,
): Promise<Done<AccountView>> {
  const { position } = await parts.accountBook.handle(
    { spaceId, aggregateId: spaceId },
    { type: 'ChangeAccount', accountId: id, ...said },
    { commandId },
  )
  const behind = await parts.shown(position)
  const [view] = await accountsOf(parts, spaceId, { accountId: id })
  if (view === undefined) throw refuse('account_not_found', `There is no account ${id}.`)
  return { ...view, ...said, ...behind }
}
