import { Controller } from '@nestjs/common'
import { type InputOf, type Principal, refuse, requests } from '@pf/contracts'
import { Answers, keepSealed, passOn, type RequestContext, type Service, startService } from '@pf/service-kit'
import { runGateway } from './testing/running-gateway.ts'

const operation = requests.analytics.exportTransactions
type Input = InputOf<typeof operation>
/** Larger than what any buffer on the way takes. */
const pieceBytes = 4 * 1024 * 1024
const pieces = 8

let running: Awaited<ReturnType<typeof runGateway>>
let analytics: Service
let authorization: string
const asked: Input[] = []
const aborted: boolean[] = []
const kept = { made: false, file: { pieces: 0, bytes: 0, sha256: '' } }
/** Set: the writing takes until the caller has gone away. */
const held = { writing: false }

beforeAll(async () => {
  running = await runGateway()
  const { platform } = running
  authorization = `Bearer ${await running.token()}`
  @Controller()
  class StandInAnalytics {
    @Answers(operation)
    async exportTransactions(input: Input, { spaceId }: Principal, { signal }: RequestContext) {
      asked.push(input)
      if (held.writing) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        aborted.push(true)
      }
      async function* made() {
        for (let n = 0; n < pieces; n++) yield new Uint8Array(pieceBytes).fill(65 + n)
      }
      return { rows: 1, pieces: await passOn(platform, { spaceId, id: input.exportId }, made(), signal) }
    }

    @Answers(requests.analytics.exportFile)
    async exportFile({ id }: { id: string }, { spaceId }: Principal, { signal }: RequestContext) {
      if (id !== 'x-1') throw refuse('export_not_found', 'There is no such export.')
      const folder = `export/${spaceId}/${id}`
      async function* made() {
        for (let n = 0; n < pieces; n++) yield new Uint8Array(pieceBytes).fill(65 + n)
      }
      if (!kept.made) kept.file = await keepSealed(platform, { spaceId, folder }, made(), signal)
      kept.made = true
      return { folder, ...kept.file }
    }
  }
  analytics = await startService(platform, {
    name: 'analytics',
    controllers: [StandInAnalytics],
    holdShard: async () => ({ stop: async () => undefined }),
  })
}, 30_000)
afterAll(async () => {
  await analytics.stop()
  await running.stop()
})

const get = (path: string, init: RequestInit = {}) =>
  fetch(`${running.apiUrl}${path}`, { ...init, headers: { authorization, 'accept-encoding': 'identity' } })
async function left(): Promise<number> {
  let count = 0
  for await (const _ of running.platform.objects.list('download/')) count++
  return count
}
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 20 s.')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('rows as a file', () => {
  it.each([
    ['csv', 'text/csv; charset=utf-8; header=present'],
    ['parquet', 'application/vnd.apache.parquet'],
  ])('come whole as %s, with a name, and leave nothing behind', async (format, type) => {
    const answer = await get(`/transactions/export?format=${format}&q=tea&status=booked`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="transactions.${format}"`)
    const body = Buffer.from(await answer.arrayBuffer())
    expect([body.length, body.at(0), body.at(-1)]).toEqual([pieces * pieceBytes, 65, 65 + pieces - 1])
    expect(asked.at(-1)).toMatchObject({ format, filter: { q: 'tea', status: 'booked' } })
    await until(async () => (await left()) === 0)
  })

  it('wait in the object store for a client that does not read, and go with it', async () => {
    const leaving = new AbortController()
    const answer = await get('/transactions/export?format=csv', { signal: leaving.signal })
    const reader = answer.body?.getReader()
    await reader?.read()
    // All but what line and buffers hold: nobody reads ahead.
    expect(await left()).toBeGreaterThanOrEqual(pieces - 3)
    leaving.abort()
    await until(async () => (await left()) === 0)
  })

  it('are not written to the end for a client that has left', async () => {
    held.writing = true
    const leaving = new AbortController()
    const answer = get('/transactions/export?format=csv', { signal: leaving.signal })
    const before = asked.length
    await until(async () => asked.length > before)
    leaving.abort()
    await expect(answer).rejects.toThrow()
    await until(async () => aborted.length === 1 && (await left()) === 0)
    held.writing = false
  })

  it('are asked for in a format there is, by filters there are', async () => {
    for (const query of ['', 'format=xlsx', 'format=csv&limit=5', 'format=csv&cursor=x']) {
      expect((await get(`/transactions/export?${query}`)).status).toBe(422)
    }
    expect((await get('/transactions/export?format=csv', { method: 'HEAD' })).status).toBe(405)
  })
})

describe('the file of an export', () => {
  it('comes whole, with its length and a name, as often as it is asked for', async () => {
    for (let n = 0; n < 2; n++) {
      const answer = await get('/exports/x-1/file')
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('application/zip')
      expect(answer.headers.get('content-length')).toBe(String(pieces * pieceBytes))
      expect(answer.headers.get('content-disposition')).toBe('attachment; filename="personal-finances.zip"')
      const body = Buffer.from(await answer.arrayBuffer())
      expect([body.length, body.at(0), body.at(-1)]).toEqual([pieces * pieceBytes, 65, 65 + pieces - 1])
    }
  })

  it('is not found where there is none, and where an erasure took it since', async () => {
    const missing = await get('/exports/x-2/file')
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'export_not_found' }])
    await running.platform.objects.deleteAll('export')
    const gone = await get('/exports/x-1/file')
    expect([gone.status, await gone.json()]).toMatchObject([404, { code: 'export_not_found' }])
  })
})
