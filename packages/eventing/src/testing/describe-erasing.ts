import { randomUUID } from 'node:crypto'
import { RebuildNeeded } from '../projection-store.ts'
import { eventually } from './eventually.ts'
import { caughtUp, type World } from './projection-world.ts'

/** What erasing takes from a read model, and what a purged log leaves of it. */
export function describeErasing(open: () => World): void {
  it("erasing takes a space's rows from every version, and no other's", async () => {
    const world = open()
    const other = randomUUID()
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]
    for (const id of [a, b]) await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    await world.command(c, other, { type: 'Count', by: 1 })
    const [one, next] = [world.run(), world.run({}, { ...world.definition, version: 2 })]
    // Until then the newer code reads the older build.
    await eventually(async () => expect(await next.status()).toMatchObject({ version: 2, state: 'active' }))
    for (const each of [one, next]) await caughtUp(world, each)
    const store = world.another()
    expect(await store.erase(world.definition, { spaceId: world.spaceId, rows: [{ counterId: a }] })).toBe(2)
    expect(await one.reader.find({ where: { spaceId: world.spaceId } })).toMatchObject([{ counterId: b }])
    expect(await store.erase(world.definition, { spaceId: world.spaceId, rows: [] })).toBe(0)
    expect(await store.erase(world.definition, { spaceId: world.spaceId })).toBe(2)
    expect(await store.erase(world.definition, { spaceId: world.spaceId })).toBe(0)
    for (const { reader } of [one, next]) {
      expect(await reader.find({ where: { spaceId: world.spaceId } })).toEqual([])
      expect(await reader.find({ where: { spaceId: other } })).toMatchObject([{ counterId: c }])
    }
  }, 30_000)

  it('a checkpoint at a message that was purged passes where the ledger says so, and a rebuild finds nothing of it', async () => {
    const world = open()
    const [gone, stays] = [randomUUID(), randomUUID()]
    await world.command(stays, randomUUID(), { type: 'Count', by: 2 })
    await world.command(gone, world.spaceId, { type: 'Count', by: 1 })
    const one = world.run()
    await caughtUp(world, one)
    await one.stop()
    const purged: number[] = []
    const of = { context: 'connection', spaceId: world.spaceId } as const
    await world.log.purge(of, async (seqs) => void purged.push(...seqs))
    await world.another().erase(world.definition, { spaceId: world.spaceId })
    const lost = world.run()
    await eventually(async () =>
      expect(await lost.lag().catch((error: unknown) => error)).toBeInstanceOf(RebuildNeeded),
    )
    world.errors.splice(0)
    await lost.stop()
    const erased = async (_: string, from: number, upTo: number) =>
      purged.filter((seq) => from <= seq && seq <= upTo).length === upTo - from + 1
    await world.command(stays, randomUUID(), { type: 'Count', by: 3 })
    for (const version of [1, 2]) {
      const again = world.run({ erased }, { ...world.definition, version })
      await caughtUp(world, again)
      expect(await again.reader.find({ where: { counterId: [gone, stays] } })).toMatchObject([{ counterId: stays }])
    }
  }, 30_000)
}
