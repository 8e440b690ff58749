import { beyondBounds } from './json-body.ts'

const bounds = { jsonDepth: 3, jsonValues: 5 }

describe('a JSON text', () => {
  it.each([
    ['as deep as may be', '{"a":[{"b":1}]}'],
    ['with brackets in its strings', '{"a":"[[[[[[,,,,,,,","b":"\\"[[[[,,,,,,"}'],
    ['with as many values as may be', '[1,2,3,4,5]'],
    ['that is no container', '"[[[["'],
  ])('%s is within the bounds', (_, text) => {
    expect(beyondBounds(text, bounds)).toBeUndefined()
  })

  it.each([
    ['nested deeper', '[[[[1]]]]', /deeper than 3/],
    ['nested deeper by objects', '{"a":{"a":{"a":{}}}}', /deeper than 3/],
    ['that never closes', '['.repeat(100_000), /deeper than 3/],
    ['with more values', '[1,2,3,4,5,6,7]', /more than 5 values/],
    ['with more members', '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}', /more than 5 values/],
    ['of many empty lists', '[[],[],[],[],[],[]]', /more than 5 values/],
    ['behind an escaped quotation mark', '{"a":"\\\\","b":[[[[]]]]}', /deeper than 3/],
  ])('%s is refused', (_, text, words) => {
    expect(beyondBounds(text, bounds)).toMatch(words)
  })
})
