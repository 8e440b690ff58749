import {
  type AttachedProjection,
  type Checkpoint,
  Fenced,
  type FindOptions,
  type OpenProjection,
  type ProjectionShape,
  type ProjectionStore,
  type Table,
} from '../projection.ts'
import { fieldsOf, keyOf, matches, normaliseRow, sameValue } from '../rows.ts'

/** One version of one read model. */
type Held = {
  rows: Map<string, object>
  checkpoint: Checkpoint | undefined
  parked: Set<string>
  isLocked: boolean
  waiting: (() => void)[]
}

/** Read models in this process's memory: the rules of the Postgres store, nothing kept. */
export function createMemoryProjectionStore(): ProjectionStore {
  const all = new Map<string, Held>()

  const heldOf = ({ name, version }: { name: string; version: number }): Held => {
    const id = `${name}_v${version}`
    const held = all.get(id) ?? {
      rows: new Map(),
      checkpoint: undefined,
      parked: new Set(),
      isLocked: false,
      waiting: [],
    }
    all.set(id, held)
    return held
  }

  return {
    attach: async (projection) => attached(projection, heldOf(projection)),
    async open(projection, signal) {
      const held = heldOf(projection)
      await lock(held, signal)
      return opened(projection, held)
    },
    async erase({ name, table }, { spaceId, rows = [{}] }) {
      let erased = 0
      for (const [id, held] of all) {
        if (id.replace(/_v\d+$/, '') !== name) continue
        for (const [key, row] of held.rows) {
          const isErased = rows.some((columns) => matches(row, { ...columns, [table.space]: spaceId }))
          if (isErased && held.rows.delete(key)) erased++
        }
      }
      return erased
    },
  }
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

function attached<Row extends object>({ table }: ProjectionShape<Row>, held: Held): AttachedProjection<Row> {
  return {
    checkpoint: async () => held.checkpoint,
    reader: () => ({ find: async (options) => find(table, [...rowsOf<Row>(held).values()], options) }),
  }
}

function opened<Row extends object>(projection: ProjectionShape<Row>, held: Held): OpenProjection<Row> {
  const { table, name } = projection
  const rows = rowsOf<Row>(held)
  return {
    ...attached(projection, held),
    rows: async (keys) =>
      [...rows.values()]
        .filter((row) => keys.some((columns) => matches(row, columns)))
        .map((row) => structuredClone(row)),
    async commit({ from, to, puts, drops, quarantined }) {
      const now = held.checkpoint
      if (now?.seq !== from?.seq || now?.eventId !== from?.eventId) throw new Fenced(name)
      for (const key of drops) rows.delete(keyOf(table, key))
      for (const row of puts) {
        const normal = normaliseRow(table, row)
        rows.set(keyOf(table, normal), structuredClone(normal))
      }
      for (const { subject } of quarantined) held.parked.add(subject)
      held.checkpoint = to
    },
    parked: async () => new Set(held.parked),
    async close() {
      held.isLocked = false
      held.waiting.shift()?.()
    },
  }
}

function find<Row extends object>(table: Table<Row>, rows: Row[], options: FindOptions<Row>): Row[] {
  const { where, orderBy = [], after, limit = Number.POSITIVE_INFINITY } = options
  const order = [...orderBy, ...table.key.map((column) => ({ column }))]
  const wanted = Object.entries<unknown>(where).filter(([, value]) => value !== undefined)
  return rows
    .filter((row) => wanted.every(([name, value]) => isOneOf(fieldsOf(row)[name], value)))
    .filter((row) => after === undefined || compare(row, (i) => after[i], orderBy) > 0)
    .sort((a, b) => compare(a, (i) => fieldsOf(b)[order[i]!.column], order))
    .slice(0, limit)
    .map((row) => structuredClone(row))
}

const isOneOf = (found: unknown, wanted: unknown): boolean =>
  Array.isArray(wanted) ? wanted.some((value) => sameValue(found, value)) : sameValue(found, wanted)

type Order = readonly { column: string; descending?: boolean }[]

function compare(row: object, other: (i: number) => unknown, order: Order): number {
  for (const [i, { column, descending }] of order.entries()) {
    const difference = compareValues(fieldsOf(row)[column], other(i))
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

/** Empty values are the greatest. Strings compare by their bytes, as Postgres does under the collation "C". */
function compareValues(a: unknown, b: unknown): number {
  const [isEmptyA, isEmptyB] = [a === null || a === undefined, b === null || b === undefined]
  if (isEmptyA || isEmptyB) return Number(isEmptyA) - Number(isEmptyB)
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number(a) - Number(b)
}
