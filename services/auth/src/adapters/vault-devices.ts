import type { MikroORM } from '@mikro-orm/postgresql'
import type { Devices } from '../application/known-devices.ts'

/** Known devices in the vault, hashed. */
export function vaultDevices(orm: MikroORM): Devices {
  return {
    async ownerOf(hash) {
      const [row] = await orm.em
        .fork()
        .execute<{ user_id: string }[]>('select user_id from vault.known_devices where hash = ?', [hash])
      return row?.user_id
    },
    async seen({ hash, userId }, now, limit) {
      await orm.em.fork().transactional(async (em) => {
        await em.execute(
          `insert into vault.known_devices (hash, user_id, last_seen_at) values (?, ?, ?)
            on conflict (hash) do update set last_seen_at = excluded.last_seen_at`,
          [hash, userId, now],
        )
        await em.execute(
          `delete from vault.known_devices where hash in (
            select hash from vault.known_devices where user_id = ? order by last_seen_at desc, hash offset ?)`,
          [userId, limit],
        )
      })
    },
    async deleteOf(userId, except) {
      const em = orm.em.fork()
      const deleted = await em.execute<object[]>(
        'delete from vault.known_devices where user_id = ? and hash <> ? returning 1',
        [userId, except ?? ''],
      )
      if (deleted.length > 0 && except === undefined) await em.execute('vacuum (full) vault.known_devices')
    },
    async deleteUnseenSince(instant) {
      await orm.em.fork().execute('delete from vault.known_devices where last_seen_at < ?', [instant])
    },
  }
}
