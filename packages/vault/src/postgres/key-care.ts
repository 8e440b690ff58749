import type { MikroORM } from '@mikro-orm/postgresql'
import { isStanding } from './stores.ts'

/** What lies in the vault, by counts: never a key, never whose. */
export type KeyOverview = {
  /** Roots by the kind of their owner and the generation of their newest sealing key. */
  keys: { owner: 'space' | 'account'; generation: number; count: number }[]
  secrets: number
  signingKeys: number
  /** Spaces and accounts whose keys were erased. */
  retired: number
}

export async function keyOverview(orm: MikroORM): Promise<KeyOverview> {
  const em = orm.em.fork()
  const keys = await em.execute<KeyOverview['keys']>(
    `select case when account_id = '' then 'space' else 'account' end as owner, generation, count(*)::integer as count
      from vault.keys k where ${isStanding} group by 1, 2 order by 1 desc, 2`,
  )
  const [counts] = await em.execute<Omit<KeyOverview, 'keys'>[]>(
    `select (select count(*) from vault.secrets)::integer as secrets,
      (select count(*) from vault.signing_keys)::integer as "signingKeys",
      (select count(*) from vault.retired)::integer as retired`,
  )
  return { keys, secrets: 0, signingKeys: 0, retired: 0, ...counts }
}

/**
 * A new sealing key for a space and all its accounts, or for everyone's; what was sealed before still opens. Answers how many
 * keys were given one. A process that runs seals under it within a minute.
 */
export async function rotateKeys(orm: MikroORM, spaceId?: string): Promise<number> {
  const ofSpace = spaceId === undefined ? '' : 'and space_id = ?'
  const [row] = await orm.em.fork().execute<{ count: number }[]>(
    `with rotated as (update vault.keys k set generation = generation + 1 where ${isStanding} ${ofSpace} returning 1)
      select count(*)::integer as count from rotated`,
    spaceId === undefined ? [] : [spaceId],
  )
  return row?.count ?? 0
}
