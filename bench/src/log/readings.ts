import { verifyLog } from '@pf/eventing'
import { type Line, quantile } from '../report.ts'
import { type House, spent } from './house.ts'
import { sample } from './sample.ts'

const context = 'storage'
const rounds = 3
/** A rate is of so many messages, three times by turns; all of them are read once, by the verification. */
const replayed = 300_000
const endless = new AbortController().signal

/** The stream from its beginning, by the bare ordered consumer and by the log, bodies passed through. */
export async function measureReadings({ js, log }: House, filled: number): Promise<Line[]> {
  const messages = Math.min(filled, replayed)
  const bare = () =>
    spent(async () => {
      const consumer = await js.consumers.get('EVT_STORAGE')
      const consumed = await consumer.consume({ max_messages: 1000 })
      let [count, bytes] = [0, 0]
      for await (const message of consumed) {
        bytes += message.data.length
        if (++count === messages) break
      }
      await consumer.delete()
      if (bytes === 0) throw new Error('Nothing was read.')
    })
  const ours = () =>
    spent(async () => {
      let [count, bytes, last] = [0, 0, 0]
      for await (const { seq, body } of log.scan(context, 0, endless)) {
        if (seq !== ++last) throw new Error(`Sequence ${seq} came after ${last - 1}.`)
        bytes += body.length
        if (++count === messages) break
      }
      if (count !== messages || bytes === 0) throw new Error(`${count} of ${messages} messages were read.`)
    })
  const samples = { bare: [] as Spent[], ours: [] as Spent[] }
  for (let round = 0; round < rounds; round++) {
    samples.bare.push(await bare())
    samples.ours.push(await ours())
  }
  const median = (of: Spent[]): Spent => ({
    ms: quantile(
      of.map(({ ms }) => ms),
      0.5,
    ),
    cpuMs: quantile(
      of.map(({ cpuMs }) => cpuMs),
      0.5,
    ),
  })
  const [ofBare, ofOurs] = [median(samples.bare), median(samples.ours)]
  const told = (one: Spent) => rateOf(messages, one)
  return [
    {
      what: 'messages replayed, bodies passed through',
      measured: `${told(ofOurs)} (× ${(ofBare.ms / ofOurs.ms).toFixed(2)} of bare; by processor × ${(ofBare.cpuMs / ofOurs.cpuMs).toFixed(2)})`,
      target: '≥ 0.7 of bare',
    },
    { what: '· bare ordered consumer', measured: told(ofBare), target: '' },
  ]
}

type Spent = Awaited<ReturnType<typeof spent>>
const rateOf = (messages: number, { ms, cpuMs }: Spent): string =>
  `${Math.round((messages / ms) * 1000).toLocaleString('en')}/s, ${((cpuMs / messages) * 1000).toFixed(1)} µs of the processor each`

/**
 * All of it with every body opened, chain and headers verified, validated; and the memory in MB after each tenth of that: heap
 * and buffers, collected first, and the process. What the collecting takes is no part of the rate.
 */
export async function measureVerifying({ log, sealer }: House, messages: number, collect: () => void): Promise<Line[]> {
  const held: number[] = []
  const resident: number[] = []
  const collecting: Spent = { ms: 0, cpuMs: 0 }
  let count = 0
  const step = Math.ceil(messages / 10)
  const watched = {
    ...log,
    async *scan(...args: Parameters<typeof log.scan>) {
      for await (const message of log.scan(...args)) {
        yield message
        if (++count % step !== 0) continue
        const { ms, cpuMs } = await spent(async () => collect())
        collecting.ms += ms
        collecting.cpuMs += cpuMs
        const { heapUsed, external, rss } = process.memoryUsage()
        held.push(Math.round((heapUsed + external) / 2 ** 20))
        resident.push(Math.round(rss / 2 ** 20))
      }
    },
  }
  const verifying = await spent(async () => {
    const { faults, messages: verified } = await verifyLog(watched, sealer, {
      context,
      declarations: [sample],
      onFault: ({ problem }) => {
        throw new Error(problem)
      },
    })
    if (faults > 0 || verified !== messages) throw new Error(`${verified} of ${messages} messages were verified.`)
  })
  const alone = { ms: verifying.ms - collecting.ms, cpuMs: verifying.cpuMs - collecting.cpuMs }
  return [
    {
      what: 'events replayed: opened, chain and headers verified, validated',
      measured: rateOf(messages, alone),
      target: '≥ 20,000/s',
    },
    {
      what: '· memory after each tenth of it: held / of the process',
      measured: `${held.join(', ')} / ${resident.join(', ')} MB`,
      target: 'flat',
    },
  ]
}
