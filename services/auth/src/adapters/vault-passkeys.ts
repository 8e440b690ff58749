import type { MikroORM } from '@mikro-orm/postgresql'
import type { KeptPasskey, PasskeyStore } from '../application/passkeys.ts'

/** Whoever counts a user's passkeys and adds one takes turns, until the transaction ends. */
const lockUser = "select pg_advisory_xact_lock(hashtextextended('passkeys of ' || ?, 0))"
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const columns = `id, user_id, credential_id, encode(public_key, 'hex') as public_key, counter::float8 as counter,
  transports, synced, name, created_at, last_used_at`

type Row = {
  id: string
  user_id: string
  credential_id: string
  public_key: string
  counter: number
  transports: string[]
  synced: boolean
  name: string
  created_at: Date | string
  last_used_at: Date | string | null
}

/** Passkeys in the vault: public keys and counters. */
export function vaultPasskeys(orm: MikroORM): PasskeyStore {
  const found = async (where: string, values: unknown[]) => {
    const rows = await orm.em.fork().execute<Row[]>(`select ${columns} from vault.passkeys where ${where}`, values)
    return rows.map(seen)
  }
  return {
    async add(passkey, limit) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute(lockUser, [passkey.userId])
        const [counted] = await em.execute<{ n: number }[]>(
          'select count(*)::integer as n from vault.passkeys where user_id = ?',
          [passkey.userId],
        )
        if ((counted?.n ?? 0) >= limit) return 'full'
        const { id, userId, credentialId, publicKey, counter, transports, synced, name, createdAt } = passkey
        const added = await em.execute<object[]>(
          `insert into vault.passkeys (id, user_id, credential_id, public_key, counter, transports, synced, name, created_at)
            select ?, ?, ?, decode(?, 'hex'), ?, array(select jsonb_array_elements_text(?::jsonb)), ?, ?, ?
            on conflict do nothing returning 1`,
          [
            ...[id, userId, credentialId, Buffer.from(publicKey).toString('hex'), counter],
            ...[JSON.stringify(transports), synced, name, createdAt],
          ],
        )
        return added.length > 0 ? 'added' : 'known'
      })
    },

    of: (userId) => found('user_id = ? order by created_at desc, id desc', [userId]),

    byCredential: async (credentialId) => (await found('credential_id = ?', [credentialId]))[0],

    async used(id, { counter, synced }, now) {
      const went = await orm.em.fork().execute<object[]>(
        `update vault.passkeys set counter = ?, synced = ?, last_used_at = ?
          where id = ? and (counter < ? or (counter = 0 and ? = 0)) returning 1`,
        [counter, synced, now, id, counter, counter],
      )
      return went.length > 0
    },

    async rename(userId, id, name) {
      if (!uuid.test(id)) return undefined
      const rows = await orm.em
        .fork()
        .execute<Row[]>(`update vault.passkeys set name = ? where id = ? and user_id = ? returning ${columns}`, [
          name,
          id,
          userId,
        ])
      return rows.map(seen)[0]
    },

    async remove(userId, id) {
      if (!uuid.test(id)) return false
      const removed = await orm.em
        .fork()
        .execute<object[]>('delete from vault.passkeys where id = ? and user_id = ? returning 1', [id, userId])
      return removed.length > 0
    },

    async deleteOf(userId) {
      const em = orm.em.fork()
      const deleted = await em.execute<object[]>('delete from vault.passkeys where user_id = ? returning 1', [userId])
      if (deleted.length > 0) await em.execute('vacuum (full) vault.passkeys')
    },
  }
}

const seen = (row: Row): KeptPasskey => ({
  id: row.id,
  userId: row.user_id,
  credentialId: row.credential_id,
  publicKey: new Uint8Array(Buffer.from(row.public_key, 'hex')),
  counter: row.counter,
  transports: row.transports,
  synced: row.synced,
  name: row.name,
  createdAt: new Date(row.created_at),
  lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at),
})
