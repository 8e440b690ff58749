import { tagsOf } from './etags.ts'

describe('the entity tags of a header', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['*', []],
    ['"a"', ['a']],
    ['W/"a"', ['a']],
    ['"a", W/"b,c" ,"d"', ['a', 'b,c', 'd']],
    ['no tag', []],
  ])('%s are %j', (header, tags) => {
    expect(tagsOf(header)).toEqual(tags)
  })
})
