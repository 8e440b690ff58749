import { row, stored } from './builders.ts'
import { MAX_CANDIDATES, pairNearest } from './pairing.ts'

describe('pairing rows', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => row({ index }))
  const known = (count: number) => Array.from({ length: count }, (_, i) => stored(`t${i}`))
  const same = { storedKey: () => 'k', incomingKey: () => 'k', maxDays: 5 }

  it('uses each row once', () => {
    const { pairs, stored: left, incoming } = pairNearest({ stored: known(3), incoming: rows(5), ...same })
    expect([...pairs.values()].map(({ transactionId }) => transactionId)).toEqual(['t0', 't1', 't2'])
    expect([left.length, incoming.length]).toEqual([0, 2])
  })

  it('takes the most alike among equally near ones', () => {
    const accept = ({ transactionId }: { transactionId: string }) => (transactionId === 't1' ? 0.9 : 0.5)
    const { pairs } = pairNearest({ stored: known(3), incoming: rows(1), ...same, accept })
    expect([...pairs.values()].map(({ transactionId }) => transactionId)).toEqual(['t1'])
  })

  it('never compares all with all', () => {
    const count = 2_000
    let compared = 0
    const accept = () => {
      compared++
      return 0
    }
    expect(pairNearest({ stored: known(count), incoming: rows(count), ...same, accept }).pairs.size).toBe(0)
    expect(compared).toBe(count * MAX_CANDIDATES)
  })
})
