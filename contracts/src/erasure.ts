import { type Static, Type } from 'typebox'
import { AccountId, ConnectionId, SpaceId } from './ids.ts'

/** All that a user has, or one connection with the accounts that nothing else feeds. */
export const ErasureScope = Type.Union([
  Type.Object({ of: Type.Literal('space'), spaceId: SpaceId }),
  Type.Object({
    of: Type.Literal('connection'),
    spaceId: SpaceId,
    connectionId: ConnectionId,
    accountIds: Type.Array(AccountId, { maxItems: 1000 }),
  }),
])
export type ErasureScope = Static<typeof ErasureScope>

/** Stands in subjects where a space would: what belongs to the installation, and outlives every space. */
export const systemSpace = 'sys'
