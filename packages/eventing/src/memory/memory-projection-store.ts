import { addressOf } from '../address.ts'
import type { Clock } from '../ports.ts'
import type { Table } from '../projection.ts'
import {
  type Advancing,
  BuildGone,
  type BuildId,
  type Comparison,
  type ErasedRows,
  Fenced,
  type HandingOver,
  type ProjectionShape,
  type ProjectionStore,
  type RowReader,
} from '../projection-store.ts'
import { fieldsOf, isKey, keyOf as keyOfRow, matches, normaliseRow } from '../rows.ts'
import { systemClock } from '../system.ts'
import { createBuilds, createHouse, type Held, type House, inTurn, keyOf } from './memory-builds.ts'
import { find, fixed } from './memory-rows.ts'

/** Read models in this process's memory: the rules of the Postgres store, nothing kept. */
export function createMemoryProjectionStore({ clock = systemClock }: { clock?: Clock } = {}): ProjectionStore {
  const house = createHouse(clock)
  const tables = new Map<Held, Table<never>>()
  const heldOf = <Row extends object>(projection: ProjectionShape<Row>): Held => {
    const held = house.heldOf(projection.name, idOf(projection))
    tables.set(held, projection.table)
    return held
  }
  const builds = createBuilds(house)

  return {
    builds,
    async attach(projection) {
      const held = heldOf(projection)
      return { checkpoint: async () => held.checkpoint, reader: () => rowReader(house, projection) }
    },
    async open(projection, signal) {
      const held = heldOf(projection)
      await lock(held, signal)
      return {
        ...advancing(house, projection, held, (work) => inTurn(held, work)),
        reader: () => rowReader(house, projection),
        async close() {
          held.isLocked = false
          held.waiting.shift()?.()
        },
      }
    },
    async reader(projection) {
      const held = house.find(projection.name, idOf(projection))
      const there = held && tables.get(held)
      return there && holds(there, projection.table) ? rowReader(house, projection) : undefined
    },
    async erase({ name, table }, of) {
      const builds = [...house.all()].filter(([key]) => key.startsWith(`${name}/`)).map(([, held]) => held)
      const counts = builds.map((held) => inTurn(held, async () => eraseFrom(held, table, of)))
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
    },
    async repair(projection, subject, fold) {
      const held = heldOf(projection)
      return inTurn(held, async () => {
        const entries = held.quarantine.get(subject) ?? []
        const [first] = entries
        if (!first) return 'not parked'
        const upToSeq = held.checkpoint?.seq ?? 0
        const verdict = await fold({ firstSeq: first.seq, upToSeq, rows: readRows(projection.table, held) })
        for (const entry of entries) entry.isAsked = false
        if ('reason' in verdict) {
          first.reason = verdict.reason
          return 'still parked'
        }
        write(projection.table, held, verdict)
        held.quarantine.delete(subject)
        held.fence++
        house.tell()
        return 'healed'
      })
    },
    async handOver(projection, from, work) {
      const { name } = projection
      return inTurn(house.turnOf(name), async () => {
        const read = (await builds.list(name)).find(({ state }) => state === 'read')
        if (read?.version !== from?.version || read?.build !== from?.build) return 'moved'
        const before = read && house.find(name, read)
        const standing = handingOver(house, projection, heldOf(projection), read && { id: read, held: before, tables })
        return before ? inTurn(before, () => work(standing)) : work(standing)
      })
    },
  }
}

const idOf = ({ version, build = 1 }: { version: number; build?: number }): BuildId => ({ version, build })

/** Every column that is wanted stands in the table, of the same type. */
function holds(there: Table<never>, wanted: Table<never>): boolean {
  const columns = fieldsOf(there.columns)
  return Object.entries(wanted.columns).every(
    ([name, column]) => JSON.stringify(columns[name]) === JSON.stringify(column),
  )
}

async function lock(held: Held, signal: AbortSignal): Promise<void> {
  while (held.isLocked) {
    signal.throwIfAborted()
    await new Promise<void>((resolve) => {
      held.waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  signal.throwIfAborted()
  held.isLocked = true
}

// A held map belongs to one projection, so its rows are of that projection's type.
const rowsOf = <Row extends object>(held: Held) => held.rows as Map<string, Row>

function rowReader<Row extends object>(house: House, { name, table, ...id }: ProjectionShape<Row>): RowReader<Row> {
  return {
    async find(options) {
      const held = house.find(name, idOf(id))
      if (!held) throw new BuildGone(keyOf(name, idOf(id)))
      return find(table, [...rowsOf<Row>(held).values()], options)
    },
  }
}

const readRows =
  <Row extends object>(table: Table<Row>, held: Held) =>
  async (keys: readonly Partial<Row>[]): Promise<Row[]> => {
    const rows = rowsOf<Row>(held)
    if (keys.every((columns) => isKey(table, columns))) {
      const found = new Set(keys.map((columns) => rows.get(keyOfRow(table, columns))))
      return [...found].filter((row) => row !== undefined)
    }
    return [...rows.values()].filter((row) => keys.some((columns) => matches(row, columns)))
  }

function write<Row extends object>(
  table: Table<Row>,
  held: Held,
  { puts, drops }: { puts: readonly Row[]; drops: readonly Partial<Row>[] },
): void {
  const rows = rowsOf<Row>(held)
  for (const key of drops) rows.delete(keyOfRow(table, key))
  for (const row of puts) {
    const normal = normaliseRow(table, row)
    rows.set(keyOfRow(table, normal), fixed(normal))
  }
}

function eraseFrom<Row extends object>(
  held: Held,
  table: Table<Row>,
  { spaceId, rows, aggregateIds = [] }: ErasedRows<Row>,
): number {
  let erased = 0
  for (const [key, row] of held.rows) {
    const isErased = (rows ?? [{}]).some((columns) => matches(row, { ...columns, [table.space]: spaceId }))
    if (isErased && held.rows.delete(key)) erased++
  }
  for (const subject of held.quarantine.keys()) {
    const at = addressOf(subject)
    const isErased = at.spaceId === spaceId && (rows === undefined || aggregateIds.includes(at.aggregateId))
    if (isErased) held.quarantine.delete(subject)
  }
  held.fence++
  return erased
}

function advancing<Row extends object>(
  house: House,
  { table, name }: ProjectionShape<Row>,
  held: Held,
  turn: (work: () => Promise<void>) => Promise<void>,
): Advancing<Row> {
  const { fence } = held
  return {
    checkpoint: async () => held.checkpoint,
    rows: readRows(table, held),
    commit: ({ from, to, puts, drops, quarantined }) =>
      turn(async () => {
        const now = held.checkpoint
        const isSame = now?.seq === from?.seq && now?.eventId === from?.eventId
        if (!isSame || held.fence !== fence) throw new Fenced(name)
        write(table, held, { puts, drops })
        for (const { subject, ...entry } of quarantined) {
          const entries = held.quarantine.get(subject) ?? []
          held.quarantine.set(subject, [...entries, { ...entry, since: house.now(), isAsked: false }])
        }
        held.checkpoint = to
      }),
    parked: async () => new Set(held.quarantine.keys()),
  }
}

type Before = { id: BuildId; held: Held | undefined; tables: ReadonlyMap<Held, Table<never>> }

function handingOver<Row extends object>(
  house: House,
  projection: ProjectionShape<Row>,
  held: Held,
  before: Before | undefined,
): HandingOver<Row> {
  const { name } = projection
  const mine = idOf(projection)
  const at = () => before?.held?.checkpoint
  return {
    get at() {
      return at()
    },
    candidate: advancing(house, projection, held, (work) => work()),
    async compare() {
      if (!before) throw new Error(`Nothing is read of ${name} yet: there is nothing to compare with.`)
      return compare(projection.table, held, before, at()?.seq ?? 0)
    },
    keepApart: async (comparison) => house.setState(name, mine, 'differs', comparison),
    async switch(comparison) {
      if (before && before.id.version > mine.version) return house.setState(name, mine, 'retired', comparison)
      if (before) house.setState(name, before.id, 'retired')
      if (before?.held) before.held.fence++
      if (before && comparison) held.checkpoint = at()
      house.setState(name, mine, 'read', comparison)
    },
  }
}

function compare<Row extends object>(table: Table<Row>, after: Held, before: Before, seq: number): Comparison {
  const old = before.held?.rows ?? new Map<string, object>()
  const there = before.held && before.tables.get(before.held)
  const by = there && JSON.stringify(there.columns) === JSON.stringify(table.columns) ? 'rows' : 'counts'
  const print = (rows: Map<string, object>) => [...rows.values()].map((row) => JSON.stringify(row)).sort()
  const spacesThatDiffer = differingSpaces(table.space, old, after.rows)
  const isEqual = by === 'rows' ? print(old).join() === print(after.rows).join() : old.size === after.rows.size
  const [rowsBefore, rowsAfter] = [old.size, after.rows.size]
  const against = { version: before.id.version, build: before.id.build }
  return { seq, against, by, rowsBefore, rowsAfter, spacesThatDiffer, equal: isEqual && spacesThatDiffer === 0 }
}

function differingSpaces(space: string, before: Map<string, object>, after: Map<string, object>): number {
  const counts = (rows: Map<string, object>) => Map.groupBy(rows.values(), (row) => fieldsOf(row)[space])
  const [a, b] = [counts(before), counts(after)]
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key)?.length !== b.get(key)?.length).length
}
