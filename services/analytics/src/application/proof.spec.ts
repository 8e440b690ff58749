import { account, balance, held, said, uuid } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { listAccounts } from './accounts.ts'
import { accountProof } from './proof.ts'

const bounds = { maxRows: 100, maxGapsExplained: 2 }
const at = (day: number, time = '04:00:05Z') => `2026-05-${String(day).padStart(2, '0')}T${time}`
const day = (n: number) => at(n).slice(0, 10)

describe('GET /accounts/{id}/proof', () => {
  let spaces: Spaces
  const space = 'space'
  const row = (id: number, n: number, minor: number, more: object = {}) =>
    said({ id, date: day(n), minor, observedAt: at(n, '04:00:00Z'), ...more })

  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(space, account('current'), account('savings'), balance('current', 10000, at(1)))
    await spaces.sync(space, row(1, 2, -1250, { text: 'CORNER SHOP' }), balance('current', 8750, at(2)))
    await spaces.sync(space, row(2, 3, -360, { text: 'COFFEE' }), row(3, 3, -360, { text: 'COFFEE' }))
    await spaces.sync(space, balance('current', 8390, at(3)))
    await spaces.sync(space, held('current', 77, -400, at(4, '04:00:00Z')), balance('current', 7990, at(4)))
    await spaces.sync(space, balance('current', 7990, at(5)))
  })
  afterAll(() => spaces.remove())

  const ask = (more: { from?: string; to?: string } = {}) =>
    accountProof(spaces.registry, space, { accountId: 'current', ...more }, bounds)

  it('says of each interval what was stated, what moved and what is unexplained', async () => {
    const { items, as_of } = await ask({ to: day(2) })
    expect(items).toEqual([
      {
        balance: 'interim',
        from: '2026-05-01T04:00:05.000Z',
        to: '2026-05-02T04:00:05.000Z',
        from_date: day(1),
        to_date: day(2),
        opening: { amount: '100.00', currency: 'GBP' },
        movements: { amount: '-12.50', currency: 'GBP' },
        rows: 1,
        closing: { amount: '87.50', currency: 'GBP' },
        difference: { amount: '0.00', currency: 'GBP' },
        unexplained: { amount: '0.00', currency: 'GBP' },
        status: 'verified',
        reason: null,
        suspects: [],
      },
    ])
    expect(as_of.built_at).not.toBeNull()
  })

  it('names who may have done it', async () => {
    const { items } = await ask()
    expect(items.map(({ to_date, status }) => [to_date, status])).toEqual([
      [day(2), 'verified'],
      [day(3), 'gap'],
      [day(4), 'gap'],
      [day(5), 'verified'],
    ])
    expect(items[1]?.suspects[0]).toMatchObject({ kind: 'doubled', transaction_ids: [uuid(3), uuid(2)] })
    expect(items[2]?.suspects[0]).toEqual({
      kind: 'missing',
      amount: { amount: '-4.00', currency: 'GBP' },
      transaction_ids: [],
      held_id: uuid(77),
      expected: null,
      because: 'held_row',
    })
  })

  it('looks at the days that are asked for', async () => {
    const { items } = await ask({ from: day(4), to: day(4) })
    expect(items.map(({ to_date }) => to_date)).toEqual([day(4)])
  })

  it('knows no account of another space, nor one that is not there', async () => {
    const asked = { accountId: 'unknown' }
    await expect(accountProof(spaces.registry, space, asked, bounds)).rejects.toMatchObject({
      code: 'account_not_found',
    })
    const elsewhere = { accountId: 'current' }
    await expect(accountProof(spaces.registry, 'empty', elsewhere, bounds)).rejects.toMatchObject({
      code: 'account_not_found',
    })
  })

  it('is what an account shows', async () => {
    const { items } = await listAccounts(spaces.registry, space)
    expect(items.map(({ id, proof }) => [id, proof])).toEqual([
      ['current', { status: 'gap', verified_to: day(2), reason: null }],
      ['savings', { status: 'unverified', verified_to: null, reason: 'no_balance' }],
    ])
  })

  it('explains the newest gaps only, and says which intervals are gaps all the same', async () => {
    const { items } = await accountProof(
      spaces.registry,
      space,
      { accountId: 'current' },
      { ...bounds, maxGapsExplained: 1 },
    )
    expect(items.map(({ status, suspects }) => `${status} ${suspects.length > 0}`)).toEqual([
      'verified false',
      'gap false',
      'gap true',
      'verified false',
    ])
  })
})
