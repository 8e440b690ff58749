import { randomUUID } from 'node:crypto'
import { tokenIssuer } from '@pf/contracts'
import type { Accounts, Credentials, RefreshTokens } from '../application/ports.ts'

const at = new Date('2026-11-20T08:00:00Z')
const later = new Date('2026-12-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)

export function credentials(over: Partial<Credentials> = {}): Credentials {
  const userId = over.userId ?? randomUUID()
  return {
    userId,
    spaceId: randomUUID(),
    username: `sam-${randomUUID()}`,
    passwordHash: '$argon2id$',
    passwordVersion: 1,
    roles: ['user'],
    issuer: tokenIssuer,
    subject: userId,
    ...over,
  }
}

/** What every `Accounts` keeps to. `open` gives one without any account. */
export function describeAccounts(name: string, open: () => Promise<Accounts>): void {
  describe(`accounts in ${name}`, () => {
    it('have one first, of however many come at once', async () => {
      const accounts = await open()
      const asking = Array.from({ length: 5 }, () =>
        accounts.addFirst(credentials({ roles: ['user', 'operator'] }), at),
      )
      expect((await Promise.all(asking)).filter(Boolean)).toHaveLength(1)
      expect(await accounts.count()).toBe(1)
      expect(await accounts.addFirst(credentials(), at)).toBe(false)
    })

    it('are found by id and by name in any case, as they were added', async () => {
      const accounts = await open()
      const sam = credentials({ username: `Zoë-${randomUUID()}`, roles: ['user', 'operator'] })
      expect(await accounts.add(sam, at)).toBe(true)
      expect(await accounts.byId(sam.userId)).toEqual(sam)
      expect(await accounts.byUsername(sam.username.toLowerCase())).toEqual(sam)
      expect(await accounts.byUsername(sam.username.toUpperCase())).toEqual(sam)
      expect(await accounts.byUsername(`${sam.username}x`)).toBeUndefined()
      expect(await accounts.byUsername(sam.username.replace('-', '_'))).toBeUndefined()
      expect(await accounts.byId(randomUUID())).toBeUndefined()
    })

    it('are refused under a name or an id that is taken, in any case, also at once', async () => {
      const accounts = await open()
      const sam = credentials()
      const twins = ['toUpperCase', 'toLowerCase', 'toString'].map((as) =>
        credentials({ username: sam.username[as as 'toUpperCase' | 'toLowerCase' | 'toString']() }),
      )
      const added = await Promise.all(twins.map((twin) => accounts.add(twin, at)))
      expect(added.filter(Boolean)).toHaveLength(1)
      const stands = await accounts.byUsername(sam.username)
      expect(stands).toEqual(twins[added.indexOf(true)])
      expect(await accounts.add(credentials({ userId: stands?.userId ?? '' }), at)).toBe(false)
    })

    it('are found by whom their provider knows, each of them once', async () => {
      const accounts = await open()
      const [ours, theirs] = [
        credentials(),
        credentials({ issuer: 'https://id.test', subject: 's-1', passwordHash: null }),
      ]
      for (const one of [ours, theirs]) expect(await accounts.add(one, at)).toBe(true)
      expect(await accounts.bySubject(tokenIssuer, ours.userId)).toEqual(ours)
      expect(await accounts.bySubject('https://id.test', 's-1')).toEqual(theirs)
      expect(await accounts.bySubject(tokenIssuer, 's-1')).toBeUndefined()
      expect(await accounts.add(credentials({ issuer: 'https://id.test', subject: 's-1' }), at)).toBe(false)
    })

    it('take another password', async () => {
      const accounts = await open()
      const [sam, kim] = [credentials(), credentials()]
      for (const one of [sam, kim]) await accounts.add(one, at)
      await accounts.setPasswordHash(sam.userId, '$argon2id$new')
      expect(await accounts.byId(sam.userId)).toEqual({ ...sam, passwordHash: '$argon2id$new', passwordVersion: 2 })
      expect(await accounts.byId(kim.userId)).toEqual(kim)
    })

    it('take another hash of the same password, unless it was changed since', async () => {
      const accounts = await open()
      const sam = credentials()
      await accounts.add(sam, at)
      await accounts.replaceHash(sam.userId, '$argon2id$', '$argon2id$dear')
      expect(await accounts.byId(sam.userId)).toEqual({ ...sam, passwordHash: '$argon2id$dear' })
      await accounts.replaceHash(sam.userId, '$argon2id$', '$argon2id$late')
      expect((await accounts.byId(sam.userId))?.passwordHash).toBe('$argon2id$dear')
    })

    it('are removed with their space, and their name is free', async () => {
      const accounts = await open()
      const [gone, stays] = [credentials(), credentials()]
      for (const one of [gone, stays]) await accounts.add(one, at)
      expect(await accounts.remove(gone.spaceId)).toEqual([gone.userId])
      expect(await accounts.remove(gone.spaceId)).toEqual([])
      expect(await accounts.byUsername(gone.username)).toBeUndefined()
      expect(await accounts.byId(stays.userId)).toEqual(stays)
      expect(await accounts.add(credentials({ username: gone.username }), at)).toBe(true)
    })

    it('always have an operator: where the only one goes, the first of those who stay becomes one', async () => {
      const accounts = await open()
      const [operator, second, third] = [credentials({ roles: ['user', 'operator'] }), credentials(), credentials()]
      await accounts.addFirst(operator, at)
      await accounts.add(second, seconds(1))
      await accounts.add(third, seconds(2))
      await accounts.remove(operator.spaceId)
      expect((await accounts.byId(second.userId))?.roles).toEqual(['user', 'operator'])
      expect((await accounts.byId(third.userId))?.roles).toEqual(['user'])
      await accounts.remove(third.spaceId)
      expect((await accounts.byId(second.userId))?.roles).toEqual(['user', 'operator'])
    })
  })
}

/** What every `RefreshTokens` keeps to. */
export function describeRefreshTokens(name: string, open: () => Promise<RefreshTokens>): void {
  describe(`refresh tokens in ${name}`, () => {
    const hash = () => randomUUID()
    async function started() {
      const tokens = await open()
      const first = { hash: hash(), sessionId: randomUUID(), userId: randomUUID(), issuedAt: at, expiresAt: later }
      await tokens.add(first)
      const found = async (wanted: string) => {
        const token = await tokens.find(wanted)
        if (token === undefined) throw new Error('The token is not there.')
        return token
      }
      return { tokens, first, found }
    }

    it('are found as they were added, and nothing else is', async () => {
      const { tokens, first } = await started()
      const { hash: _, issuedAt: __, expiresAt: ___, ...who } = first
      expect(await tokens.find(first.hash)).toEqual({
        hash: first.hash,
        ...who,
        expiresAt: later.getTime(),
        usedAt: null,
        successor: null,
        endedAt: null,
      })
      expect(await tokens.find(hash())).toBeUndefined()
    })

    it('are rotated by one of two who ask at once', async () => {
      const { tokens, first, found } = await started()
      const read = await found(first.hash)
      const successors = [hash(), hash(), hash()]
      const won = await Promise.all(successors.map((next) => tokens.rotate(read, { hash: next, expiresAt: later }, at)))
      expect(won.filter(Boolean)).toHaveLength(1)
      const winner = successors[won.indexOf(true)] ?? ''
      expect(await found(first.hash)).toMatchObject({
        usedAt: at.getTime(),
        successor: { hash: winner, usedAt: null },
      })
      expect(await found(winner)).toMatchObject({ sessionId: first.sessionId, userId: first.userId, usedAt: null })
      const losers = successors.filter((next) => next !== winner)
      expect(await Promise.all(losers.map((next) => tokens.find(next)))).toEqual([undefined, undefined])
    })

    it('rotated once more take the place of a successor that was never used, and keep the time of the first use', async () => {
      const { tokens, first, found } = await started()
      const [lost, next] = [hash(), hash()]
      await tokens.rotate(await found(first.hash), { hash: lost, expiresAt: later }, at)
      expect(await tokens.rotate(await found(first.hash), { hash: next, expiresAt: later }, seconds(3))).toBe(true)
      expect(await tokens.find(lost)).toBeUndefined()
      expect(await found(first.hash)).toMatchObject({ usedAt: at.getTime(), successor: { hash: next, usedAt: null } })
    })

    it('are not rotated any more once their successor is in use, even where that was read before', async () => {
      const { tokens, first, found } = await started()
      const [second, third] = [hash(), hash()]
      await tokens.rotate(await found(first.hash), { hash: second, expiresAt: later }, at)
      const stale = await found(first.hash)
      await tokens.rotate(await found(second), { hash: third, expiresAt: later }, seconds(1))
      expect(await tokens.rotate(stale, { hash: hash(), expiresAt: later }, seconds(1))).toBe(false)
      expect(await found(first.hash)).toMatchObject({ successor: { hash: second, usedAt: seconds(1).getTime() } })
      expect(await tokens.find(third)).toBeDefined()
    })

    it('of one chain live on in one place, however the old and the new one race', async () => {
      for (let round = 0; round < 10; round++) {
        const { tokens, first, found } = await started()
        const [second, byOld, byNew] = [hash(), hash(), hash()]
        await tokens.rotate(await found(first.hash), { hash: second, expiresAt: later }, at)
        const [old, recent] = [await found(first.hash), await found(second)]
        const won = await Promise.all([
          tokens.rotate(old, { hash: byOld, expiresAt: later }, at),
          tokens.rotate(recent, { hash: byNew, expiresAt: later }, at),
        ])
        expect(won.filter(Boolean)).toHaveLength(1)
        const alive = await Promise.all([byOld, byNew].map((next) => tokens.find(next)))
        expect(alive.filter((token) => token !== undefined)).toHaveLength(1)
      }
    })

    it('all end with their session, and no other session ends', async () => {
      const { tokens, first, found } = await started()
      const second = hash()
      const other = { ...first, hash: hash(), sessionId: randomUUID() }
      await tokens.add(other)
      await tokens.rotate(await found(first.hash), { hash: second, expiresAt: later }, at)
      await tokens.endSession(first.sessionId, 'logout', seconds(5))
      await tokens.endSession(first.sessionId, 'reused', seconds(9))
      for (const ended of [first.hash, second]) {
        expect(await found(ended)).toMatchObject({ endedAt: seconds(5).getTime() })
        expect(await tokens.rotate(await found(ended), { hash: hash(), expiresAt: later }, seconds(6))).toBe(false)
      }
      expect(await found(other.hash)).toMatchObject({ endedAt: null })
    })

    it('end also where one is being rotated at that moment', async () => {
      for (let round = 0; round < 20; round++) {
        const { tokens, first, found } = await started()
        const next = hash()
        const read = await found(first.hash)
        const [rotated] = await Promise.all([
          tokens.rotate(read, { hash: next, expiresAt: later }, at),
          tokens.endSession(first.sessionId, 'logout', at),
        ])
        const successor = await tokens.find(next)
        expect(successor?.endedAt ?? null).toBe(rotated ? at.getTime() : null)
      }
    })

    it("end with all of a user's sessions, and are deleted with them", async () => {
      const { tokens, first, found } = await started()
      const other = { ...first, hash: hash(), sessionId: randomUUID() }
      const anothers = { ...first, hash: hash(), sessionId: randomUUID(), userId: randomUUID() }
      for (const one of [other, anothers]) await tokens.add(one)
      await tokens.endAll(first.userId, 'revoked', seconds(5))
      for (const one of [first, other]) expect(await found(one.hash)).toMatchObject({ endedAt: seconds(5).getTime() })
      await tokens.deleteOf(first.userId)
      for (const one of [first, other]) expect(await tokens.find(one.hash)).toBeUndefined()
      expect(await found(anothers.hash)).toMatchObject({ endedAt: null })
    })

    it("end with all of a user's sessions but the one that is spared", async () => {
      const { tokens, first, found } = await started()
      const other = { ...first, hash: hash(), sessionId: randomUUID() }
      await tokens.add(other)
      await tokens.endAll(first.userId, 'revoked', seconds(5), other.sessionId)
      expect(await found(first.hash)).toMatchObject({ endedAt: seconds(5).getTime() })
      expect(await found(other.hash)).toMatchObject({ endedAt: null })
    })

    it('are deleted once they have expired', async () => {
      const { tokens, first } = await started()
      const living = { ...first, hash: hash(), expiresAt: new Date(later.getTime() + 1) }
      await tokens.add(living)
      await tokens.deleteExpired(later)
      expect(await tokens.find(first.hash)).toBeUndefined()
      expect(await tokens.find(living.hash)).toBeDefined()
    })
  })
}
