import { type EventLog, LogReplaced, systemTiming } from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { Notices, type Sent } from './notices.ts'

const clock = { now: () => new Date('2026-11-20T08:00:00Z') }
const append = (log: EventLog, space: string, n: number) =>
  log.append({
    subject: `evt.connection.connection.${space}.c-${n}`,
    expectedSeq: 0,
    messageId: `${space}-${n}`,
    headers: {},
    body: new Uint8Array(),
  })

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition did not come true within 2 s.')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('live notices', () => {
  const failures: unknown[] = []
  async function opened() {
    const log = createMemoryLog({ clock })
    const notices = new Notices('e1')
    await notices.start(log, (error) => failures.push(error))
    return { log, notices }
  }

  it('reach the space they are about, and no other', async () => {
    const { log, notices } = await opened()
    const mine: Sent[] = []
    const other: Sent[] = []
    notices.listen('s-1', undefined, (sent) => mine.push(sent))
    notices.listen('s-2', undefined, (sent) => other.push(sent))
    await append(log, 's-1', 1)
    await until(() => mine.length === 1)
    expect(mine[0]?.notice).toMatchObject({ topic: 'connections', connection_id: 'c-1' })
    expect(other).toEqual([])
    notices.stop()
    expect(failures).toEqual([])
  })

  it('tell apart what one stream holds', async () => {
    const { log, notices } = await opened()
    const seen: Sent[] = []
    notices.listen('s-1', undefined, (sent) => seen.push(sent))
    for (const aggregate of ['mart', 'mart_rebuild', 'query_book'])
      await log.append({
        subject: `evt.analytics.${aggregate}.s-1.s-1`,
        expectedSeq: 0,
        messageId: aggregate,
        headers: {},
        body: new Uint8Array(),
      })
    await until(() => seen.length === 3)
    expect(seen.map(({ notice }) => notice.topic)).toEqual(['marts', 'rebuilds', 'queries'])
    notices.stop()
  })

  it('go on from the end of a log that was replaced, and say so', async () => {
    const [old, now] = [createMemoryLog({ clock }), createMemoryLog({ clock: { now: () => new Date() } })]
    await append(old, 's-1', 1)
    await append(now, 's-1', 1)
    // What stood there when it began is not what is tailed.
    let isReplaced = false
    const log: EventLog = { ...now, info: (context) => (isReplaced ? now : old).info(context) }
    const [told, seen]: [unknown[], Sent[]] = [[], []]
    const timing = { ...systemTiming, wait: async () => {} }
    const notices = new Notices('e1', undefined, timing)
    await notices.start(log, (error) => told.push(error))
    isReplaced = true
    notices.listen('s-1', undefined, (sent) => seen.push(sent))
    await until(() => told.length > 0)
    expect(told[0]).toBeInstanceOf(LogReplaced)
    await append(now, 's-1', 2)
    await until(() => seen.length === 1)
    expect(seen[0]?.notice.connection_id).toBe('c-2')
    notices.stop()
  })

  it('are told again to a page that comes back', async () => {
    const { log, notices } = await opened()
    const seen: Sent[] = []
    const { close } = notices.listen('s-1', undefined, (sent) => seen.push(sent))
    await append(log, 's-1', 1)
    await append(log, 's-1', 2)
    await until(() => seen.length === 2)
    close()
    const { missed } = notices.listen('s-1', seen[0]?.id, () => undefined)
    expect(missed?.map((sent) => sent.notice.connection_id)).toEqual(['c-2'])
    notices.stop()
  })

  it('cannot be told from another process: the page reads everything again', async () => {
    const { notices } = await opened()
    expect(notices.listen('s-1', 'e0.7', () => undefined).missed).toBeUndefined()
    notices.stop()
  })
})
