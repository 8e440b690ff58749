import { subjectOf } from '../address.ts'
import type { EventLog, StoredSnapshot } from '../ports.ts'

let spaces = 0
const newSpace = () => `snapshots-${++spaces}`
const place = (spaceId: string, aggregateId: string, aggregate = 'counter') =>
  subjectOf({ context: 'connection', aggregate, spaceId, aggregateId })
const snapshot = (text: string, shape = 1): StoredSnapshot => ({
  shape,
  keyId: 'key-1',
  body: new TextEncoder().encode(text),
})

/** What every log's snapshots keep to. */
export function describeSnapshots(log: () => EventLog): void {
  it('has no snapshot of what none was kept of', async () => {
    expect(await log().snapshots.find(place(newSpace(), 'a'))).toBeUndefined()
  })

  it('has of each aggregate the snapshot that was kept last, as it was kept', async () => {
    const space = newSpace()
    for (const text of ['one', 'two', 'three']) await log().snapshots.keep(place(space, 'a'), snapshot(text, 3))
    await log().snapshots.keep(place(space, 'b'), snapshot('other'))
    const found = await log().snapshots.find(place(space, 'a'))
    expect({ ...found, body: new TextDecoder().decode(found?.body) }).toEqual({
      shape: 3,
      keyId: 'key-1',
      body: 'three',
    })
  })

  it('drops the snapshots of a space, and those of no other', async () => {
    const [space, other] = [newSpace(), newSpace()]
    const [a, b, c] = [place(space, 'a'), place(space, 'b', 'tally'), place(other, 'a')]
    for (const subject of [a, b, c]) await log().snapshots.keep(subject, snapshot(subject))
    await log().snapshots.drop({ context: 'connection', spaceId: space })
    expect(await log().snapshots.find(a)).toBeUndefined()
    expect(await log().snapshots.find(b)).toBeUndefined()
    expect(await log().snapshots.find(c)).toBeDefined()
  })

  it('drops the snapshot of one aggregate, and those of no other', async () => {
    const space = newSpace()
    const [a, tally, b] = [place(space, 'a'), place(space, 'a', 'tally'), place(space, 'b')]
    for (const subject of [a, tally, b]) await log().snapshots.keep(subject, snapshot(subject))
    await log().snapshots.drop({ context: 'connection', spaceId: space, aggregate: 'counter', aggregateId: 'a' })
    expect(await log().snapshots.find(a)).toBeUndefined()
    expect(await log().snapshots.find(tally)).toBeDefined()
    expect(await log().snapshots.find(b)).toBeDefined()
  })

  it('purges the snapshots of messages with them, though no message be left', async () => {
    const space = newSpace()
    const [a, b] = [place(space, 'a'), place(space, 'b')]
    for (const subject of [a, b]) await log().snapshots.keep(subject, snapshot(subject))
    const purging = async () => undefined
    await log().purge({ context: 'connection', spaceId: space, aggregate: 'counter', aggregateId: 'a' }, purging)
    expect(await log().snapshots.find(a)).toBeUndefined()
    expect(await log().snapshots.find(b)).toBeDefined()
    await log().purge({ context: 'connection', spaceId: space }, purging)
    expect(await log().snapshots.find(b)).toBeUndefined()
  })
}
