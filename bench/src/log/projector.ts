import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { runProjection } from '@pf/eventing'
import { createPostgresProjectionStore, eventingMigrations } from '@pf/eventing/postgres'
import { startPostgres } from '@pf/eventing/testing'
import type { Line } from '../report.ts'
import { type House, spent } from './house.ts'
import { sample, samples } from './sample.ts'

/** A read model of the whole stream, built in a Postgres of its own: every event opened, validated, folded and written. */
export async function measureProjector({ log, sealer }: House, aggregates: number, messages: number): Promise<Line> {
  const postgres = await startPostgres({ durable: true })
  const orm = await MikroORM.init({
    clientUrl: postgres.url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: eventingMigrations, snapshot: false },
    logger: () => undefined,
  })
  try {
    await orm.migrator.up()
    const store = createPostgresProjectionStore(orm)
    const failures: unknown[] = []
    const onError = (error: unknown) => void failures.push(error)
    const { ms, cpuMs } = await spent(async () => {
      const running = runProjection(samples, { log, sealer, store, declarations: [sample], onError })
      while ((await running.lag()) > 0 && failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      const rows = await running.reader.find({ where: {} })
      await running.stop()
      const folded = rows.reduce((sum, { notes }) => sum + notes, 0)
      if (failures.length > 0) throw failures[0]
      if (rows.length !== aggregates || folded !== messages) {
        throw new Error(`${rows.length} rows of ${folded} events; ${aggregates} of ${messages} were expected.`)
      }
    })
    return {
      what: 'events projected into Postgres in batches, every body opened and validated',
      measured: `${Math.round((messages / ms) * 1000).toLocaleString('en')}/s, ${((cpuMs / messages) * 1000).toFixed(1)} µs of the processor each`,
      target: '≥ 10,000/s',
    }
  } finally {
    await orm.close(true)
    await postgres.stop()
  }
}
