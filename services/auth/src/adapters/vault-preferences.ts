import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import type { KeyRing } from '@pf/vault'
import { KeptPreference } from '@pf/vault/postgres'
import type { Owner, Preferences } from '../application/ports.ts'
import type { Preference } from '../domain/preference.ts'

type Keys = Pick<KeyRing, 'seal' | 'open' | 'fingerprint'>

/**
 * Rows of the vault. Neither key nor value stands there in the clear, so that destroying the space's key leaves nothing to be
 * read, in a page that was not written anew or in a backup.
 */
export function vaultPreferences(orm: MikroORM, keys: Keys): Preferences {
  const placeOf = ({ userId, spaceId }: Owner, key: string) => keys.fingerprint(spaceId, `preference|${userId}|${key}`)

  const opened = async ({ place, spaceId, revision, keyId, sealed }: KeptPreference): Promise<Preference> => {
    const plain = await keys.open(spaceId, keyId, sealed, aadOf(place, revision))
    const { key, value, changedAt } = JSON.parse(new TextDecoder().decode(plain)) as Omit<Preference, 'revision'>
    return { key, value, revision, changedAt }
  }

  const find = async (em: EntityManager, place: string): Promise<Preference | undefined> => {
    const row = await em.findOne(KeptPreference, { place })
    return row === null ? undefined : opened(row)
  }

  return {
    async all({ userId }) {
      const rows = await orm.em.fork().find(KeptPreference, { userId })
      return (await Promise.all(rows.map(opened))).sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    find: async (owner, key) => find(orm.em.fork(), await placeOf(owner, key)),
    async put(owner, next, judge) {
      const place = await placeOf(owner, next.key)
      const { revision, ...content } = next
      const { userId, spaceId } = owner
      const plain = new TextEncoder().encode(JSON.stringify(content))
      const { keyId, bytes: sealed } = await keys.seal(spaceId, plain, aadOf(place, revision))
      await orm.em.fork().transactional(async (em) => {
        await takeTurn(em, owner)
        judge(await find(em, place), await em.count(KeptPreference, { userId }))
        await em.upsert(KeptPreference, { place, userId, spaceId, revision, keyId, sealed })
      })
    },
    async remove(owner, key, judge) {
      const place = await placeOf(owner, key)
      await orm.em.fork().transactional(async (em) => {
        await takeTurn(em, owner)
        judge(await find(em, place))
        await em.nativeDelete(KeptPreference, { place })
      })
    },
    erase: (spaceId) => orm.em.fork().nativeDelete(KeptPreference, { spaceId }),
  }
}

/** A row copied to another place, or put back over a later one, does not open. */
const aadOf = (place: string, revision: string) => `preference|${place}|${revision}`

/** One user's changes, of whichever replica, come one after another. */
async function takeTurn(em: EntityManager, { userId }: Owner): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`preferences ${userId}`])
}
