import type { MikroORM } from '@mikro-orm/postgresql'
import { leavingSpaces, moveOf } from '@pf/vault/postgres'

/**
 * Spaces whose keys were retired after the instant, and those that are being moved away, so that nobody who still holds a
 * token of one is let in.
 */
export async function closedSince(orm: MikroORM, instant: Date): Promise<string[]> {
  const erased = await orm.em
    .fork()
    .execute<{ space_id: string }[]>(`select space_id from vault.retired where account_id = '' and retired_at > ?`, [
      instant,
    ])
  return [...erased.map((row) => row.space_id), ...(await leavingSpaces(orm))]
}

/** Where a space that is being moved away is found from now on. */
export async function newPlaceOf(orm: MikroORM, spaceId: string): Promise<string | undefined> {
  const move = await moveOf(orm, spaceId)
  return move?.way === 'leaving' ? (move.address ?? 'another installation') : undefined
}
