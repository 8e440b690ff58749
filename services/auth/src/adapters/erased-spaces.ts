import type { MikroORM } from '@mikro-orm/postgresql'

/** Spaces whose keys were retired after the instant, so that nobody who still holds a token of one is let in. */
export async function erasedSince(orm: MikroORM, instant: Date): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .execute<{ space_id: string }[]>(`select space_id from vault.retired where account_id = '' and retired_at > ?`, [
      instant,
    ])
  return rows.map((row) => row.space_id)
}
