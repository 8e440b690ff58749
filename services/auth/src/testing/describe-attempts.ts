import { randomUUID } from 'node:crypto'
import type { Attempts } from '../application/attempts.ts'
import type { Devices } from '../application/known-devices.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)
const bound = { limit: 3, windowMs: 60_000 }

/** What every `Attempts` keeps to. */
export function describeAttempts(name: string, open: () => Promise<Attempts>): void {
  describe(`attempts counted in ${name}`, () => {
    it('are let through as often as the limit says, of however many at once, until the window of the first is over', async () => {
      const attempts = await open()
      const key = randomUUID()
      const first = await Promise.all(Array.from({ length: 8 }, () => attempts.count(key, at, bound)))
      expect(first.filter((until) => until === undefined)).toHaveLength(3)
      expect(first.filter((until) => until !== undefined)).toEqual(Array.from({ length: 5 }, () => seconds(60)))
      expect(await attempts.count(key, seconds(59), bound)).toEqual(seconds(60))
      expect(await attempts.count(randomUUID(), seconds(59), bound)).toBeUndefined()
      expect(await attempts.count(key, seconds(60), bound)).toBeUndefined()
    })

    it('are taken back one by one, or forgiven all together', async () => {
      const attempts = await open()
      const key = randomUUID()
      const count = () => attempts.count(key, at, bound)
      for (let n = 0; n < 3; n++) await count()
      await attempts.takeBack(key)
      expect(await count()).toBeUndefined()
      expect(await count()).toEqual(seconds(60))
      await attempts.forgive(key)
      for (let n = 0; n < 3; n++) expect(await count()).toBeUndefined()
      await attempts.takeBack(randomUUID())
    })

    it('are forgotten once their window is over, and not before', async () => {
      const attempts = await open()
      const key = randomUUID()
      for (let n = 0; n < 3; n++) await attempts.count(key, at, bound)
      await attempts.deleteOver(seconds(59))
      expect(await attempts.count(key, at, bound)).toEqual(seconds(60))
      await attempts.deleteOver(seconds(60))
      expect(await attempts.count(key, at, bound)).toBeUndefined()
    })
  })
}

/** What every `Devices` keeps to. */
export function describeDevices(name: string, open: () => Promise<Devices>): void {
  describe(`known devices in ${name}`, () => {
    it("are their owner's, the latest so many of them", async () => {
      const devices = await open()
      const [sam, kim] = [randomUUID(), randomUUID()]
      const hashes = Array.from({ length: 4 }, () => randomUUID())
      for (const [n, hash] of hashes.entries()) await devices.seen({ hash, userId: sam }, seconds(n), 3)
      const other = randomUUID()
      await devices.seen({ hash: other, userId: kim }, at, 3)
      const owners = () => Promise.all([...hashes, other].map((hash) => devices.ownerOf(hash)))
      expect(await owners()).toEqual([undefined, sam, sam, sam, kim])
      await devices.seen({ hash: hashes[1] ?? '', userId: sam }, seconds(9), 3)
      await devices.seen({ hash: hashes[0] ?? '', userId: sam }, seconds(10), 3)
      expect(await owners()).toEqual([sam, sam, undefined, sam, kim])
    })

    it('are deleted with their owner, all or all but one, and when nobody saw them for long', async () => {
      const devices = await open()
      const [sam, kim] = [randomUUID(), randomUUID()]
      const [one, other, old] = [randomUUID(), randomUUID(), randomUUID()]
      for (const hash of [one, other]) await devices.seen({ hash, userId: sam }, seconds(9), 3)
      await devices.seen({ hash: old, userId: kim }, at, 3)
      await devices.deleteOf(sam, one)
      expect(await Promise.all([one, other, old].map((hash) => devices.ownerOf(hash)))).toEqual([sam, undefined, kim])
      await devices.deleteUnseenSince(seconds(9))
      expect(await Promise.all([one, old].map((hash) => devices.ownerOf(hash)))).toEqual([sam, undefined])
      await devices.deleteOf(sam)
      expect(await devices.ownerOf(one)).toBeUndefined()
    })
  })
}
