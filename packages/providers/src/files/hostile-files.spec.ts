import { read, refusal } from './builders.ts'
import { limits } from './index.ts'

// Each of these would take minutes, or all memory, were it not read in one pass and within limits: the runner’s own time limit
// is the assertion.
describe('a hostile file', () => {
  it('of OFX elements on one line, or never closed, is read in one pass', () => {
    const rows = '<STMTTRN><DTPOSTED>20260501<TRNAMT>-1.00<NAME>X</STMTTRN>'.repeat(40_000)
    expect(read(`<OFX><STMTRS><BANKTRANLIST>${rows}</STMTRS></OFX>`).accounts[0]?.rows).toHaveLength(40_000)
    expect(refusal(() => read(`<OFX>${'<!'.repeat(500_000)}`)).code).toBe('damaged')
    expect(refusal(() => read(`<OFX>${'<A>'.repeat(500_000)}`)).code).toBe('damaged')
  })

  it('of XML nested without end is refused', () => {
    const deep = `<Document><BkToCstmrStmt>${'<Ntry>'.repeat(100_000)}</Document>`
    expect(refusal(() => read(deep)).code).toBe('damaged')
  })

  it('of XML beyond its limit is refused before it is parsed', () => {
    const long = `<Document><BkToCstmrStmt>${' '.repeat(limits.xmlCharacters)}</Document>`
    expect(refusal(() => read(long)).code).toBe('too_large')
  })

  it('whose quotation mark is never closed is refused', () => {
    expect(refusal(() => read(`Date,Text,Amount\n2026-01-01,"${'x,'.repeat(1_000_000)}`)).code).toBe('damaged')
  })

  it('of more rows than the limit is refused', () => {
    expect(refusal(() => read('a,b\n'.repeat(limits.rows + 1))).code).toBe('too_many_rows')
  }, 20_000)

  it('of long cells and broken formats is read or refused, not chewed on', () => {
    const long = '1'.repeat(200_000)
    expect(read(`Date,Text,Amount\n2026-01-01,${long},${long}\n2026-01-02,x,-1.00\n`).readable).toBeDefined()
    expect(read(`:20:X\n:25:Y\n:60F:C260101EUR1,00\n:61:${long}\n:86:${'?2'.repeat(100_000)}\n`).accounts).toHaveLength(
      1,
    )
    expect(read(`!Type:Bank\nD${long}\nT${long}\n^\nD2026-01-01\nT1\n^\n`).accounts).toHaveLength(1)
  })
})
