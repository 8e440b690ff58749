import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../testing/running-bank.ts'
import { openDurableMap } from './durable-map.ts'

const folders: { remove: () => void }[] = []
const folder = () => {
  const made = newFolder()
  folders.push(made)
  return made.dataDir
}
afterAll(() => {
  for (const { remove } of folders) remove()
})

const all = (dir: string) => {
  const map = openDurableMap(dir)
  const found = map.keys().map((key) => [key, map.get(key)])
  map.close()
  return found
}

describe('a durable map', () => {
  it('is on disk after each commit, without a clean end', () => {
    const dir = folder()
    const map = openDurableMap(dir)
    map.commit({ a: 1, b: { c: 2 } })
    map.commit({ a: null, d: [3] })
    expect(all(dir)).toEqual([
      ['b', { c: 2 }],
      ['d', [3]],
    ])
    map.close()
  })

  it('stays the same when a kill falls between the new snapshot and the emptied journal', () => {
    const dir = folder()
    const map = openDurableMap(dir)
    map.commit({ a: 1 })
    map.commit({ b: 1 })
    map.commit({ a: null, b: 2 })
    map.close()
    const journal = join(dir, 'state.journal.ndjson')
    copyFileSync(journal, join(dir, 'kept'))
    expect(all(dir)).toEqual([['b', 2]])
    copyFileSync(join(dir, 'kept'), journal)
    expect(all(dir)).toEqual([['b', 2]])
  })

  it('folds its journal before it grows without end', () => {
    const dir = folder()
    const map = openDurableMap(dir, 1_000)
    for (let n = 0; n < 500; n++) map.commit({ counter: n, [`key-${n % 5}`]: n })
    map.close()
    expect(statSync(join(dir, 'state.journal.ndjson')).size).toBeLessThanOrEqual(1_000)
    expect(all(dir)).toEqual(expect.arrayContaining([['counter', 499]]))
    expect(all(dir)).toHaveLength(6)
  })

  it('says which file is broken instead of starting afresh', () => {
    const dir = folder()
    writeFileSync(join(dir, 'state.json'), '[["a",')
    expect(() => openDurableMap(dir)).toThrow(/state\.json/)
    expect(readFileSync(join(dir, 'state.json'), 'utf8')).toBe('[["a",')
  })
})
