import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { defaultBounds } from '../bounds.ts'
import { account, balance, type LakeFolder, openLakeFolder, said } from '../testing/lake.ts'
import { digestsOf } from './mart-digest.ts'
import { type MartFile, openMartFile } from './mart-file.ts'
import { loadModels } from './models.ts'

const ratesFile = join(mkdtempSync(join(tmpdir(), 'pf-rates-')), 'exchange_rates.csv')
writeFileSync(ratesFile, 'date,from_currency,to_currency,rate\n2026-01-05,EUR,GBP,0.8\n')
const models = loadModels(ratesFile)
const now = new Date('2026-06-30T12:00:00Z')
type Rows = Parameters<LakeFolder['write']>
type Known = { account: string; date: string; status: 'booked' | 'pending' | 'gone' }

/** A small generator with its own seed, so that a failure repeats. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}
const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString().slice(0, 10)

/**
 * Syncs of five accounts, one of them in euro and one of the demo bank's. Rows are late, pending before they are booked, other
 * than they were, on another day, gone and back again; the same few amounts go back and forth, around ends of months.
 */
function history(seed: number) {
  const next = random(seed)
  const pick = (n: number) => Math.floor(next() * n)
  const one = <T>(of: readonly T[]): T => of[pick(of.length)]!
  const known = new Map<number, Known>()
  let seq = 0

  function row(start: number): Rows[number] {
    const isKnown = pick(4) === 0 && known.size > 0
    const id = isKnown ? one([...known.keys()]) : known.size + 1
    const before = known.get(id)
    const account = before?.account ?? one(['a', 'a', 'b', 'c', 'd', 'e'])
    const date =
      before && pick(2) === 0 ? before.date : day(pick(8) === 0 ? pick(start + 1) : Math.max(0, start - 1 + pick(4)))
    const minor = (pick(2) === 0 ? -1 : 1) * (1 + pick(3)) * 100
    const status = one(['booked', 'booked', 'booked', 'booked', 'pending', before ? 'gone' : 'booked'] as const)
    known.set(id, { account, date, status })
    const isThere = before !== undefined && before.status !== 'gone'
    // What the other leg of an exchange was, or would have been.
    const original: [number, string] = [-minor, account === 'e' ? 'GBP' : 'EUR']
    return said({
      ...{ id, account, date, minor, status, seq: ++seq },
      currency: account === 'e' ? 'EUR' : 'GBP',
      kind: before === undefined ? 'new' : isThere ? 'changed' : 'restored',
      prevDate: isThere ? before.date : null,
      text: one(['GYM', 'CORNER SHOP 12', 'TESCO STORES 3312', `ROW ${id}`]),
      observedAt: `${day(start + 3)}T08:00:00Z`,
      source: one(['gocardless', 'gocardless', 'file-csv']),
      missing: pick(9) === 0,
      ...(pick(4) === 0 && { original }),
    })
  }

  return {
    described: [
      ...['a', 'b', 'c'].map((id) => account(id)),
      account('d', { demo: true }),
      account('e', { currency: 'EUR' }),
    ],
    /** Some syncs end with a month, and the next begin with the one after. */
    syncs: [0, 14, 28, 31, 45, 56, 59, 70, 87, 90].map((start): Rows => {
      const rows = Array.from({ length: 20 }, () => row(start))
      const fee = said({
        id: 1000 + start,
        account: 'a',
        date: day(start + 1),
        minor: -1999,
        seq: ++seq,
        text: 'PAPER',
      })
      const stated = ['a', 'b'].map((id) => balance(id, pick(10_000), `${day(start + 3)}T09:00:00Z`))
      return [...rows, ...(start % 14 === 0 ? [fee] : []), ...stated]
    }),
    pick,
  }
}

const without = (rows: Rows, accountId: string): Rows =>
  rows.filter((one) =>
    Object.values(one).every((of) => of.every((row) => !('account_id' in row) || row.account_id !== accountId)),
  )

describe('refreshing what is new', () => {
  let lake: LakeFolder
  const open: MartFile[] = []
  let marts = 0

  beforeAll(async () => {
    lake = await openLakeFolder()
  })
  afterEach(async () => {
    for (const mart of open.splice(0)) await mart.close()
  })
  afterAll(() => {
    lake.remove()
    rmSync(dirname(ratesFile), { recursive: true })
  })

  async function newMart(): Promise<MartFile> {
    const path = join(lake.path, `${++marts}.duckdb`)
    const mart = await openMartFile(path, { models, bounds: defaultBounds, create: true })
    open.push(mart)
    return mart
  }
  async function builtOf(files: Awaited<ReturnType<LakeFolder['write']>>): Promise<MartFile> {
    const mart = await newMart()
    await mart.load(files, 1, now, 'later')
    await mart.build(1, now)
    return mart
  }
  const ask = (mart: MartFile, sql: string) => mart.read((query) => query(sql))
  const digest = (mart: MartFile) => mart.read((query) => digestsOf(query, models))

  it('finds the leg of a transfer that stands in the month before', async () => {
    const mart = await newMart()
    const spent = 'select cast(month as varchar) as month, spent_minor from mart.main.fct_spending_monthly'
    await mart.load(await lake.write(said({ id: 1, date: '2026-05-31', minor: -5000 })), 1, now)
    expect(await ask(mart, spent)).toHaveLength(1)
    await mart.load(await lake.write(said({ id: 2, date: '2026-06-02', minor: 5000, account: 'savings' })), 2, now)
    expect(await ask(mart, 'select count(transfer_id) as n from mart.main.fct_transactions')).toEqual([{ n: 2n }])
    expect(await ask(mart, spent)).toEqual([])
  })

  it('writes the months alone whose rows are not what they were', async () => {
    const mart = await newMart()
    const [first, second] = [
      said({ id: 1, date: '2026-05-31', minor: -5000 }),
      said({ id: 2, date: '2026-06-02', minor: -700 }),
    ]
    await mart.load(await lake.write(first, second), 1, now)
    const later = said({ id: 2, date: '2026-06-02', minor: -800, seq: 3, prevDate: '2026-06-02' })
    expect(await mart.load(await lake.write(later), 2, now)).toMatchObject({ months: ['2026-06'] })
    const missing = said({ id: 2, date: '2026-06-02', minor: -800, seq: 4, prevDate: '2026-06-02', missing: true })
    expect(await mart.load(await lake.write(missing), 3, now)).toMatchObject({ months: [] })
    expect(await ask(mart, 'select missing_upstream from mart.main.fct_transactions order by date')).toEqual([
      { missing_upstream: false },
      { missing_upstream: true },
    ])
  })

  it.each([1, 31])(
    'gives what building all of it anew gives (seed %d)',
    async (seed) => {
      const { described, syncs, pick } = history(seed)
      let kept: Rows[] = [described, ...syncs.slice(0, 6)]
      const files: Awaited<ReturnType<LakeFolder['write']>>[] = []
      for (const rows of kept) files.push(await lake.write(...rows))
      // A file that could not be read is loaded after those that came later.
      const late = 1 + pick(5)
      const inTurn = files.map((_, n) => files[n === late ? n + 1 : n === late + 1 ? n - 1 : n]!)
      const bySync = await newMart()
      for (const [index, some] of inTurn.entries()) await bySync.load(some, index + 1, now)
      expect(await digest(bySync)).toEqual(await digest(await builtOf(files.flat())))

      // An account's connection is erased: what is left is built anew, and goes on.
      kept = [...kept.map((rows) => without(rows, 'b')), ...syncs.slice(6).map((rows) => without(rows, 'b'))]
      const left: typeof files = []
      for (const rows of kept) left.push(await lake.write(...rows))
      const goingOn = await builtOf(left.slice(0, 7).flat())
      for (const [index, some] of left.slice(7).entries()) await goingOn.load(some, index + 2, now)
      expect(await digest(goingOn)).toEqual(await digest(await builtOf(left.flat())))

      // What is compared is there: both kinds of transfer, a series of payments, a converted rate.
      const [there] = await ask(
        goingOn,
        `select
          (select count(*) from mart.main.int_equal_transfers) as transfers,
          (select count(*) from mart.main.int_exchange_transfers) as exchanges,
          (select count(*) from mart.main.fct_recurring) as series,
          (select count(*) from mart.main.fct_exchange_rates) as rates`,
      )
      expect(there?.['rates']).toBe(2n)
      for (const what of ['transfers', 'exchanges', 'series']) expect(Number(there?.[what])).toBeGreaterThan(0)
    },
    120_000,
  )
})
