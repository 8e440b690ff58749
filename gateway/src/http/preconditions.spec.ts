import { revisionsOf } from './preconditions.ts'

describe('the precondition of a change', () => {
  it.each([
    [{}, undefined],
    [{ 'if-none-match': '"r1"' }, undefined],
    [{ 'if-none-match': '*' }, []],
    [{ 'if-match': '*' }, ['*']],
    [{ 'if-match': '"r1"' }, ['r1']],
    [{ 'if-match': 'W/"r1", "r2"' }, ['r1', 'r2']],
  ])('%j is over %j', (headers, over) => {
    expect(revisionsOf({ headers })).toEqual(over)
  })

  it('is refused where it is no ETag', () => {
    for (const match of ['r1', '"r1', '', '"a""b"']) {
      expect(() => revisionsOf({ headers: { 'if-match': match } })).toThrow('invalid_input')
    }
  })
})
