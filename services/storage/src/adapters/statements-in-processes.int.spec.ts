import { defaultStatementBounds } from '../bounds.ts'
import { statementsInProcesses } from './statements-in-processes.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const rows = (count: number) =>
  `Date,Description,Amount,Currency\n${'2026-10-06,A shop with a rather long name in the high street,-1.50,GBP\n'.repeat(count)}`

describe('a statement in a process of its own', () => {
  const statements = statementsInProcesses(defaultStatementBounds)

  it('is read as it would be here', async () => {
    const { statement, mapping } = await statements.open(bytesOf(rows(3)), { fileName: 'one.csv' })
    expect(statement).toMatchObject({ readable: true, format: 'csv' })
    expect(statement.accounts[0]?.rows).toHaveLength(3)
    expect(mapping).toBeUndefined()
  })

  it('is refused in the same words', async () => {
    await expect(statements.open(bytesOf(''), {})).rejects.toMatchObject({
      code: 'statement_unreadable',
      detail: expect.stringContaining('expected'),
    })
    const entity =
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Document><BkToCstmrStmt>&a;</BkToCstmrStmt></Document>'
    await expect(statements.open(bytesOf(entity), {})).rejects.toMatchObject({ code: 'statement_unreadable' })
  })

  it('that needs more memory than it may have takes nothing else with it', async () => {
    const small = statementsInProcesses({ ...defaultStatementBounds, memoryMb: 32 })
    await expect(small.open(bytesOf(rows(200_000)), {})).rejects.toMatchObject({
      code: 'statement_too_large',
      detail: expect.stringContaining('32 MB'),
    })
    expect((await small.open(bytesOf(rows(3)), {})).statement.readable).toBe(true)
  }, 60_000)

  it('that takes too long is stopped in the middle', async () => {
    const hasty = statementsInProcesses({ ...defaultStatementBounds, deadlineMs: 50 })
    await expect(hasty.open(bytesOf(rows(400_000)), {})).rejects.toMatchObject({
      code: 'statement_too_large',
      detail: expect.stringContaining('longer than 0.05 s'),
    })
  }, 60_000)

  it('leaves this thread free for everybody else', async () => {
    let turns = 0
    const turning = setInterval(() => turns++, 1)
    await statements.open(bytesOf(rows(100_000)), {})
    clearInterval(turning)
    expect(turns).toBeGreaterThan(20)
  }, 60_000)
})
