import type { Kysely } from 'kysely'
import type { Timing } from '../ports.ts'
import {
  type Build,
  type BuildId,
  type BuildState,
  type Builds,
  type Comparison,
  NoSuchBuild,
  type Parked,
  parkedId,
} from '../projection-store.ts'
import {
  buildOf,
  changed,
  type Found,
  keyOf,
  lockOf,
  lockTransaction,
  named,
  type Queries,
  rowsOf,
  schemaOf,
} from './queries.ts'
import { quoted } from './read-model-sql.ts'

/** Every change of which build is what goes one after another, per projection. */
export const lockBuilds = (transaction: Queries, projection: string) =>
  lockTransaction(transaction, `builds of ${projection}`)

/** How often a runner looks whether somebody else has changed something. */
const lookMs = 1_000

export function createBuilds(database: Kysely<unknown>, timing: Timing): Builds {
  /** `change` sees the builds as they stand, newest first. */
  const changing = <T>(projection: string, change: (transaction: Queries, builds: Build[]) => Promise<T>): Promise<T> =>
    database.transaction().execute(async (transaction) => {
      await lockBuilds(transaction, projection)
      return change(transaction, await listBuilds(transaction, projection))
    })

  return {
    list: (projection) => listBuilds(database, projection),
    begin: (projection, version) =>
      changing(projection, async (transaction, builds) => {
        if (!builds.some((build) => build.version === version))
          await add(transaction, projection, { version, build: 1 })
      }),
    rebuild: (projection) =>
      changing(projection, async (transaction, builds) => {
        const underWay = builds.find(({ state }) => ['building', 'differs', 'accepted'].includes(state))
        if (underWay) return { version: underWay.version, build: underWay.build }
        const read = builds.find(({ state }) => state === 'read')
        if (!read) throw new NoSuchBuild(`No projection ${projection} is read here.`)
        const last = Math.max(...builds.filter(({ version }) => version === read.version).map(({ build }) => build))
        const next = { version: read.version, build: last + 1 }
        await add(transaction, projection, next)
        return next
      }),
    decide: (projection, verdict) =>
      changing(projection, async (transaction, builds) => {
        const build = builds.find(({ state }) => state === 'differs')
        if (!build) throw new NoSuchBuild(`No build of projection ${projection} waits for a word.`)
        if (verdict === 'accept') await setState(transaction, projection, build, 'accepted')
        else await setState(transaction, projection, build, 'discarded')
        return { version: build.version, build: build.build }
      }),
    drop: (projection, id) =>
      changing(projection, async (transaction, builds) => {
        const build = builds.find(({ version, build }) => version === id.version && build === id.build)
        if (!build || build.state === 'read') return false
        return dropBuild(transaction, projection, id)
      }),
    changed: (signal) => timing.wait(lookMs, signal),
    parked: (projection) => listParked(database, projection),
    async asked(projection) {
      const found = await rowsOf(database, {
        sql: `select distinct version, build, subject from eventing.quarantine
          where projection = $1 and retry_asked_at is not null`,
        values: [projection],
      })
      return found.map(({ version, build, subject }) => ({
        version: Number(version),
        build: Number(build),
        subject: String(subject),
      }))
    },
    async askRetry(id) {
      const asked = (await listParked(database)).filter((parked) => parked.id === id)
      for (const { projection, subject } of asked) {
        await changed(database, {
          sql: 'update eventing.quarantine set retry_asked_at = now() where projection = $1 and subject = $2',
          values: [projection, subject],
        })
      }
      return asked.length > 0
    },
  }
}

export async function listBuilds(queries: Queries, projection?: string): Promise<Build[]> {
  const found = await rowsOf(queries, {
    sql: `select b.projection, b.version, b.build, b.state, b.since, b.comparison, c.stream, c.stream_created_at, c.seq, c.event_id
      from eventing.builds b left join eventing.checkpoints c using (projection, version, build)
      where $1::text is null or b.projection = $1 order by b.projection, b.version desc, b.build desc`,
    values: [projection ?? null],
  })
  return found.map((row) => ({
    projection: String(row['projection']),
    version: Number(row['version']),
    build: Number(row['build']),
    state: row['state'] as BuildState,
    since: instantOf(row['since']),
    checkpoint: checkpointOf(row),
    comparison: (row['comparison'] ?? undefined) as Comparison | undefined,
  }))
}

/** Sequence 0 stands for a build that has read nothing yet. */
export function checkpointOf(row: Found | undefined) {
  if (!row || Number(row['seq'] ?? 0) === 0) return undefined
  return {
    stream: String(row['stream']),
    streamCreatedAt: String(row['stream_created_at']),
    seq: Number(row['seq']),
    eventId: String(row['event_id']),
  }
}

const instantOf = (value: unknown): string => (value instanceof Date ? value : new Date(String(value))).toISOString()

/** The row of a build that has read nothing: from here on its checkpoint can be locked. */
export async function startCheckpoint(queries: Queries, projection: string, id: BuildId): Promise<void> {
  await changed(queries, {
    sql: `insert into eventing.checkpoints (projection, version, build, stream, stream_created_at, seq, event_id)
      values ($1, $2, $3, '', '', 0, '') on conflict do nothing`,
    values: [projection, id.version, id.build],
  })
}

async function add(transaction: Queries, projection: string, id: BuildId): Promise<void> {
  await startCheckpoint(transaction, projection, id)
  await changed(transaction, {
    // Of whom the projection's other builds are: an operator may be the one who begins it.
    sql: `insert into eventing.builds (projection, version, build, state, owner) values ($1, $2, $3, 'building',
      coalesce((select owner from eventing.builds where projection = $1 limit 1), current_user))`,
    values: [projection, id.version, id.build],
  })
}

export async function setState(
  transaction: Queries,
  projection: string,
  id: BuildId,
  state: BuildState,
  comparison?: Comparison,
): Promise<void> {
  await changed(transaction, {
    sql: `update eventing.builds set state = $4, since = now(), comparison = coalesce($5::jsonb, comparison)
      where projection = $1 and version = $2 and build = $3`,
    values: [projection, id.version, id.build, state, comparison ? JSON.stringify(comparison) : null],
  })
}

/** Whoever runs it holds its lock: then it stays. */
async function dropBuild(transaction: Queries, projection: string, id: BuildId): Promise<boolean> {
  const build = named(projection, id)
  const [free] = await rowsOf(transaction, {
    sql: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
    values: [lockOf(build)],
  })
  if (free?.['taken'] !== true) return false
  for (const table of ['builds', 'checkpoints', 'quarantine']) {
    const sql = `delete from eventing.${table} where projection = $1 and version = $2 and build = $3`
    await changed(transaction, { sql, values: keyOf(build) })
  }
  await rowsOf(transaction, { sql: `drop schema if exists ${quoted(schemaOf(build))} cascade`, values: [] })
  return true
}

async function listParked(queries: Queries, projection?: string): Promise<Parked[]> {
  const found = await rowsOf(queries, {
    sql: `select projection, version, build, subject, min(seq) as seq, count(*) as messages, min(since) as since,
        (array_agg(event_id order by seq))[1] as event_id, (array_agg(reason order by seq))[1] as reason,
        bool_or(retry_asked_at is not null) as asked
      from eventing.quarantine where $1::text is null or projection = $1
      group by projection, version, build, subject order by min(since), projection, subject`,
    values: [projection ?? null],
  })
  return found.map((row) => {
    const [name, subject] = [String(row['projection']), String(row['subject'])]
    return {
      id: parkedId(name, subject),
      projection: name,
      ...buildOf({ name, version: Number(row['version']), build: Number(row['build']) }),
      subject,
      seq: Number(row['seq']),
      messages: Number(row['messages']),
      eventId: String(row['event_id']),
      reason: String(row['reason']),
      since: instantOf(row['since']),
      isAsked: row['asked'] === true,
    }
  })
}
