import { lakeDatasets } from '../domain/lake.ts'
import { foldersOf } from './erase-lake.ts'

const [spaceId, connectionId, accountId] = ['s', 'c', 'a']

describe('what storage erases', () => {
  it('of a space stands below folders of its own', () => {
    const folders = foldersOf({ of: 'space', spaceId })
    expect(folders).toEqual(expect.arrayContaining(['raw/s', 'upload/s', 'download/s', 'export/s']))
    expect(folders).toContain('lake/observations/space=s')
    expect(folders).toEqual(expect.arrayContaining(['replay/beside/lake/observations/space=s']))
    expect(folders).toHaveLength(4 + 2 * lakeDatasets.length)
  })

  it('of a connection stands below folders of its accounts, never of the whole space', () => {
    const folders = foldersOf({ of: 'connection', spaceId, connectionId, accountIds: [accountId, 'b'] })
    expect(folders).toEqual(expect.arrayContaining(['raw/s/a', 'raw/s/b', 'lake/decisions/space=s/account=a']))
    for (const folder of folders) expect(folder).toMatch(/\/(account=)?[ab]$/)
    expect(foldersOf({ of: 'connection', spaceId, connectionId, accountIds: [] })).toEqual([])
  })
})
