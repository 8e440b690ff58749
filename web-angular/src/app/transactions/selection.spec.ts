import { row } from '../../testing/shapes.ts'
import { mostSelected, Selection } from './selection.ts'

const of = (id: string, amount: string, currency = 'GBP') => row({ id, amount: { amount, currency } })

describe('selected rows', () => {
  it('are added up exactly, each currency for itself', () => {
    const selection = new Selection()
    selection.add([of('a', '-0.10'), of('b', '-0.20'), of('c', '5.00'), of('d', '-7.00', 'EUR')])
    expect(selection.totals()).toEqual({
      count: 4,
      by_currency: [
        {
          currency: 'GBP',
          in: { amount: '5.00', currency: 'GBP' },
          out: { amount: '-0.30', currency: 'GBP' },
          net: { amount: '4.70', currency: 'GBP' },
        },
        {
          currency: 'EUR',
          in: { amount: '0.00', currency: 'EUR' },
          out: { amount: '-7.00', currency: 'EUR' },
          net: { amount: '-7.00', currency: 'EUR' },
        },
      ],
    })
  })

  it('are taken back by the same key, and one counts once', () => {
    const selection = new Selection()
    selection.toggle(0, of('a', '-1.00'))
    selection.add([of('a', '-1.00'), of('b', '-1.00')])
    expect(selection.totals()?.count).toBe(2)
    selection.toggle(0, of('a', '-1.00'))
    expect([...selection.rows().keys()]).toEqual(['b'])
    selection.clear()
    expect(selection.totals()).toBeUndefined()
  })

  it('are no more than a hand can mean', () => {
    const selection = new Selection()
    selection.add(Array.from({ length: mostSelected + 5 }, (_, index) => of(`t${index}`, '-1.00')))
    expect(selection.totals()?.count).toBe(mostSelected)
    expect(selection.full()).toBe(true)
  })
})
