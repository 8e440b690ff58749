/**
 * The log alone: a nats-server and a Postgres of its own, no service. A million events (`--events`) of half a kilobyte in
 * aggregates of fifty, scattered: appended, replayed, verified, projected, loaded, beside what the bare client does with the
 * same bytes in the same run. Counts, sequences, sums and the whole chain are compared before a time is printed.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemIds } from '@pf/eventing'
import { measureAppends } from '../log/appends.ts'
import { elapsedMs, inParallel, openHouse } from '../log/house.ts'
import { measureLoads } from '../log/loads.ts'
import { measureProjector } from '../log/projector.ts'
import { measureReadings, measureVerifying } from '../log/readings.ts'
import { report } from '../report.ts'

const perAggregate = 50
const wide = 512

function eventsAsked(given = process.argv): number {
  const at = given.indexOf('--events')
  const events = at < 0 ? 1_000_000 : Number(given[at + 1])
  if (Number.isSafeInteger(events) && events >= 10_000 && events % perAggregate === 0) return events
  throw new Error(`--events ${given[at + 1]}: expected a multiple of ${perAggregate}, at least 10000.`)
}

const events = eventsAsked()
const ids = Array.from({ length: events / perAggregate }, () => systemIds.uuid())
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const house = await openHouse()
try {
  const { spaceId } = house
  const writer = house.handler({ maxCachedBytes: 2 ** 30 })
  const filling = await elapsedMs(async () => {
    for (let round = 1; round <= perAggregate; round++) {
      await inParallel(ids.length, wide, (n) =>
        writer.handle({ spaceId, aggregateId: ids[n] ?? '' }, { n: n * round }, { commandId: `note-${round}` }),
      )
    }
  })
  const lines = [
    ...(await measureReadings(house, events)),
    ...(await measureVerifying(house, events, collect)),
    await measureProjector(house, ids.length, events),
    ...(await measureLoads(house, ids)),
    ...(await measureAppends(house)),
  ]
  const filled = `${Math.round((events / filling) * 1000).toLocaleString('en')} commands/s with ${wide} under way`
  const { version } = house.nc.info ?? {}
  const about = `nats-server ${version}, one replica, ${events.toLocaleString('en')} events in ${ids.length.toLocaleString('en')} aggregates, filled with ${filled}`
  report('eventing', about, lines)
} finally {
  await house.close()
}
