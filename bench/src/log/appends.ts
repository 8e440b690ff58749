import { type MsgHdrs, headers as newHeaders } from '@nats-io/transport-node'
import { type AppendRequest, type EventLog, systemIds } from '@pf/eventing'
import { type Line, quantile } from '../report.ts'
import { elapsedMs, type House, inParallel } from './house.ts'

const rounds = 7
const awaited = 400
const pipelined = 4000
const width = 256

type Bare = { request: AppendRequest; headers: MsgHdrs }

/**
 * By turns, so that a busy machine strikes all alike: the bare client with the same bytes, headers, id and expectation (its
 * headers made before the clock runs), the log's append, and whole commands: decided, validated, sealed, chained, appended.
 */
export async function measureAppends(house: House): Promise<Line[]> {
  const { js, log, spaceId } = house
  const make = await requestMaker(house)
  const bareAppend = ({ request, headers }: Bare) =>
    js.publish(request.subject, request.body, {
      msgID: request.messageId,
      headers,
      expect: { lastSubjectSequence: request.expectedSeq },
    })
  const bare = async (count: number, lanes: number) => {
    const all = make(count).map((request) => ({ request, headers: headersOf(request) }))
    return elapsedMs(() => inParallel(count, lanes, (n) => bareAppend(all[n]!)))
  }
  const ours = async (count: number, lanes: number) => {
    const all = make(count)
    return elapsedMs(() => inParallel(count, lanes, (n) => log.append(all[n]!)))
  }
  const commands = async (count: number, lanes: number) => {
    const handler = house.handler()
    const places = Array.from({ length: lanes }, () => ({ spaceId, aggregateId: systemIds.uuid() }))
    return elapsedMs(() =>
      inParallel(count, lanes, (n) => handler.handle(places[n % lanes]!, { n }, { commandId: systemIds.uuid() })),
    )
  }
  const lines: Line[] = []
  for (const { name, count, lanes, target } of [
    { name: 'appended and awaited', count: awaited, lanes: 1, target: 0.8 },
    { name: `appended, ${width} under way`, count: pipelined, lanes: width, target: 0.5 },
  ]) {
    const samples = { bare: [] as number[], ours: [] as number[], commands: [] as number[] }
    for (let round = 0; round <= rounds; round++) {
      const [a, b, c] = [await bare(count, lanes), await ours(count, lanes), await commands(count, lanes)]
      // The first round warms up.
      if (round === 0) continue
      samples.bare.push(a)
      samples.ours.push(b)
      samples.commands.push(c)
    }
    const rate = (ms: number[]) => Math.round((count / quantile(ms, 0.5)) * 1000)
    const ratio = (ms: number[]) => (rate(ms) / rate(samples.bare)).toFixed(2)
    const perSecond = (ms: number[]) => `${rate(ms).toLocaleString('en')}/s`
    lines.push(
      {
        what: `messages ${name}`,
        measured: `${perSecond(samples.ours)} (× ${ratio(samples.ours)} of bare)`,
        target: `≥ ${target} of bare`,
      },
      { what: '· bare client', measured: perSecond(samples.bare), target: '' },
      {
        what: '· whole commands',
        measured: `${perSecond(samples.commands)} (× ${ratio(samples.commands)} of bare)`,
        target: '',
      },
    )
  }
  return lines
}

/** Requests as a command handler makes them, each of an aggregate of its own. */
async function requestMaker({ handler, log, spaceId }: House): Promise<(count: number) => AppendRequest[]> {
  const made: AppendRequest[] = []
  const watched: EventLog = {
    ...log,
    append(request) {
      made.push(request)
      return log.append(request)
    },
  }
  await handler({ log: watched }).handle({ spaceId, aggregateId: systemIds.uuid() }, { n: 1 }, { commandId: 'first' })
  const [first] = made
  if (!first) throw new Error('The handler appended nothing.')
  return (count) =>
    Array.from({ length: count }, () => {
      const id = systemIds.uuid()
      const subject = `evt.storage.bare.${spaceId}.${id}`
      return { ...first, subject, messageId: id, headers: { ...first.headers, 'ce-id': id } }
    })
}

function headersOf({ headers }: AppendRequest): MsgHdrs {
  const made = newHeaders()
  for (const [name, value] of Object.entries(headers)) made.set(name, value)
  return made
}
