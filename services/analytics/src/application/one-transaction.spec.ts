import { account, said, uuid } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { oneTransaction } from './one-transaction.ts'

describe('one transaction', () => {
  let spaces: Spaces

  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(
      'one',
      account('current'),
      account('savings'),
      said({ id: 1, date: '2026-05-01', minor: -1234, text: 'TESCO STORES' }),
      said({ id: 2, date: '2026-05-02', minor: -700, text: 'QQ 4711', mcc: '5812' }),
      said({ id: 3, date: '2026-05-03', minor: -5000, text: 'TO SAVINGS' }),
      said({ id: 4, date: '2026-05-03', minor: 5000, text: 'FROM CURRENT', account: 'savings' }),
      said({ id: 5, date: '2026-05-04', minor: -99, text: 'QQ 4711' }),
      said({ id: 6, date: '2026-05-04', minor: 99, text: 'QQ 4712' }),
    )
  })
  afterAll(() => spaces.remove())
  const reasonOf = async (n: number) => (await oneTransaction(spaces.registry, 'one', uuid(n))).category

  it('comes as the list has it, as of a place in the log', async () => {
    const { transaction, as_of } = await oneTransaction(spaces.registry, 'one', uuid(1))
    expect(transaction).toMatchObject({ id: uuid(1), category: 'groceries', description: 'TESCO STORES' })
    expect(as_of.built_at).not.toBeNull()
  })

  it('says which rule gave it its category', async () => {
    expect(await reasonOf(1)).toMatchObject({
      category: 'groceries',
      rule: { field: 'text', pattern: 'tesco', priority: expect.any(Number) },
      why: 'Its text has the words “tesco”.',
    })
    expect(await reasonOf(2)).toMatchObject({ category: 'eating_out', rule: { field: 'mcc', pattern: '5812' } })
  })

  it('says so where no rule did', async () => {
    expect(await reasonOf(3)).toMatchObject({ category: 'transfer', rule: null, why: expect.stringContaining('own') })
    expect(await reasonOf(5)).toEqual({ category: 'uncategorised', rule: null, why: 'No rule knows it.' })
    expect(await reasonOf(6)).toEqual({ category: 'other_income', rule: null, why: 'Money in that no rule knows.' })
  })

  it('is null where it is in no answer, whatever was asked', async () => {
    for (const id of [uuid(99), 'x', "' or true --"])
      expect(await oneTransaction(spaces.registry, 'one', id)).toMatchObject({ transaction: null, category: null })
    expect(await oneTransaction(spaces.registry, 'nobody', uuid(1))).toMatchObject({ transaction: null })
  })
})
