import { show, sized, table } from './terminal.ts'

describe('a table', () => {
  it('is as wide as its widest cell, with numbers on the right', () => {
    expect(
      table(
        ['NAME', 'COUNT', 'SINCE'],
        [
          ['one', 7, undefined],
          ['another', 1234, '2026'],
        ],
      ),
    ).toEqual(['NAME     COUNT  SINCE', 'one          7  -', 'another   1234  2026'])
  })

  it('is its head alone where there is nothing', () => {
    expect(table(['A', 'B'], [])).toEqual(['A  B'])
  })

  it('is one JSON document for a machine', () => {
    const out: string[] = []
    const terminal = {
      json: true,
      signal: new AbortController().signal,
      out: (line: string) => void out.push(line),
      err() {},
    }
    show(terminal, ['A'], [['x']], { a: 'x' })
    expect(JSON.parse(out.join('\n'))).toEqual({ a: 'x' })
  })
})

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [123_456, '123 KB'],
    [7_200_000, '7.2 MB'],
    [3e12, '3.0 TB'],
  ])('of %d bytes is %s', (bytes, said) => {
    expect(sized(bytes)).toBe(said)
  })
})
