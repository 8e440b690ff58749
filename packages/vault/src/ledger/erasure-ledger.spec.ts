import { LedgerRefused } from '../refusals.ts'
import { beginErasureLedger, openErasureLedger } from './erasure-ledger.ts'
import { entryAfter, rangesOf } from './ledger-entries.ts'
import { ledgerInMemory } from './ledger-places.ts'

const at = new Date('2026-03-01T10:00:00.000Z')
const made = { now: () => at, uuid: () => '01890000-0000-7000-8000-000000000001' }
const scope = { of: 'space', spaceId: 'one' } as const

describe('an erasure ledger', () => {
  it('is none where none was begun', async () => {
    expect(await openErasureLedger(ledgerInMemory(), made)).toBeUndefined()
  })

  it('is begun once, whoever begins it', async () => {
    const place = ledgerInMemory()
    const [one, two] = await Promise.all([beginErasureLedger(place, made), beginErasureLedger(place, made)])
    expect(one.id).toBe(two.id)
    expect(await one.entries()).toHaveLength(1)
  })

  it('keeps what two write at once in one order', async () => {
    const place = ledgerInMemory()
    const [one, two] = [await beginErasureLedger(place, made), await beginErasureLedger(place, made)]
    await Promise.all([
      one.append({ fact: 'erasing', erasureId: 'a', scope }),
      two.append({ fact: 'erasing', erasureId: 'b', scope }),
      one.append({ fact: 'erased', erasureId: 'a' }),
    ])
    const entries = await one.entries()
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(await two.entries()).toEqual(entries)
    expect((await two.scopes()).map(({ erasureId }) => erasureId).sort()).toEqual(['a', 'b'])
  })

  it('says which messages were purged, and of which stream', async () => {
    const ledger = await beginErasureLedger(ledgerInMemory(), made)
    const ranges = rangesOf([3, 4, 5, 9])
    const streamCreatedAt = at.toISOString()
    await ledger.append({ fact: 'purging', erasureId: 'a', stream: 'storage', streamCreatedAt, ranges })
    const purged = (seq: number, stream = 'storage') => ledger.purged(stream, seq)
    expect(await Promise.all([2, 3, 5, 6, 9].map((seq) => purged(seq)))).toEqual([false, true, true, false, true])
    expect(await purged(3, 'auth')).toBe(false)
  })

  it('says of a whole range whether it was purged, by whatever erasures and processes', async () => {
    const place = ledgerInMemory()
    const [mine, theirs] = [await beginErasureLedger(place, made), await beginErasureLedger(place, made)]
    const purging = (ledger: typeof mine, ...ranges: [number, number][]) =>
      ledger.append({ fact: 'purging', erasureId: 'a', stream: 'storage', streamCreatedAt: at.toISOString(), ranges })
    await purging(mine, [100_000, 300_000], [7, 9])
    expect(await mine.purged('storage', 7, 10)).toBe(false)
    await purging(theirs, [10, 12], [8, 8])
    expect(await mine.purged('storage', 7, 12)).toBe(true)
    expect(await mine.purged('storage', 100_000, 300_000)).toBe(true)
    expect(await mine.purged('storage', 12, 100_000)).toBe(false)
    expect(await mine.purged('storage', 6, 7)).toBe(false)
  })

  it.each([
    ['changed', (line: string) => line.replace('one', 'two')],
    ['moved', (line: string) => line.replace('"seq":2', '"seq":3')],
    ['no JSON', () => 'x'],
  ])('refuses a line that is %s', async (_, change) => {
    const place = ledgerInMemory()
    const ledger = await beginErasureLedger(place, made)
    await ledger.append({ fact: 'erasing', erasureId: 'a', scope })
    const changed = {
      ...place,
      read: async (seq: number) => (seq === 2 ? change(await place.read(2)) : place.read(seq)),
    }
    await expect(openErasureLedger(changed, made)).rejects.toThrow(LedgerRefused)
  })

  it('refuses a line that another ledger wrote', async () => {
    const place = ledgerInMemory()
    await beginErasureLedger(place, made)
    await place.write(2, JSON.stringify(entryAfter(undefined, at, { fact: 'erasing', erasureId: 'a', scope })))
    await expect(openErasureLedger(place, made)).rejects.toMatchObject({ code: 'ledger_broken' })
  })

  it('refuses where a line is missing between others', async () => {
    const place = ledgerInMemory()
    const ledger = await beginErasureLedger(place, made)
    await ledger.append({ fact: 'erasing', erasureId: 'a', scope })
    await ledger.append({ fact: 'erased', erasureId: 'a' })
    const torn = { ...place, numbers: async () => [1, 3] }
    await expect(openErasureLedger(torn, made)).rejects.toMatchObject({ code: 'ledger_broken' })
  })
})
