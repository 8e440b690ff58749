import { createHash } from 'node:crypto'
import { type Rest, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import type { ObjectStore } from '@pf/object-store'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { keepTries } from './application/keep-answer.ts'
import { asking, ofType } from './testing/asking.ts'
import { connectionId, principal, type RunningExtraction, runExtraction } from './testing/running-extraction.ts'

const operations = requests.extraction
let world: RunningExtraction
const { listed, syncNow, feeds, settled, shown, callsOf } = asking(() => world)

const as = { principal }
const call = () => world.platform.bus

beforeEach(async () => {
  world = await runExtraction()
})
afterEach(() => world.stop())

describe('a new consent', () => {
  it('is fetched at once, every account over the longest history, what the bank said kept as it came', async () => {
    const syncs = await settled()
    expect(syncs).toHaveLength(3)
    expect(new Set(syncs.map((sync) => sync.run_id)).size).toBe(1)
    for (const sync of syncs) {
      expect(sync).toMatchObject({ status: 'storing', trigger: 'linked', calls: 2, error: null })
      const days = (Date.parse(sync.window?.to ?? '') - Date.parse(sync.window?.from ?? '')) / 86_400_000
      expect(days).toBe(729)
    }
    const [account] = world.accounts
    const [fetched] = ofType(await world.eventsOf(account!.accountId), 'TransactionsFetched')
    const { objects, keys } = world.platform
    const sealed = await objects.get(fetched!.data.raw.key)
    const body = await keys.openObject(principal.spaceId, account!.accountId, sealed)
    expect(createHash('sha256').update(body).digest('hex')).toBe(fetched!.data.raw.sha256)
    expect(JSON.parse(new TextDecoder().decode(body)).transactions.booked.length).toBeGreaterThan(50)
    expect(Buffer.from(sealed).includes('transactions')).toBe(false)
  })

  it("is completed when storage and the marts have its rows, and the day's calls are told", async () => {
    await settled()
    await shown()
    expect((await listed()).map((sync) => [sync.status, sync.added])).toEqual(Array(3).fill(['completed', 2]))
    const [feed] = await feeds()
    expect(feed).toMatchObject({ last_sync: { status: 'completed', error: null }, next_sync_at: expect.any(String) })
    expect(feed?.quota).toEqual([
      expect.objectContaining({ scope: 'transactions', limit: 4, remaining: 3, resets_at: expect.any(String) }),
      expect.objectContaining({ scope: 'balances', limit: 4, remaining: 3 }),
    ])
  })
})

describe("the user's sync", () => {
  it('asks only for the days since the watermark and the overlap', async () => {
    await settled()
    await shown()
    const { run_id, syncs } = await syncNow()
    expect(syncs).toHaveLength(3)
    for (const sync of (await settled()).filter((one) => one.run_id === run_id)) {
      expect((Date.parse(sync.window?.to ?? '') - Date.parse(sync.window?.from ?? '')) / 86_400_000).toBe(14)
    }
  })

  it('is the one that runs already', async () => {
    await settled()
    const [first] = await listed()
    expect((await syncNow()).run_id).toBe(first?.run_id)
  })

  it('is the same one when its request is repeated', async () => {
    await settled()
    await shown()
    const input = { connectionId, commandId: 'once' }
    const first = await call().call(operations.sync, input, as)
    await settled()
    await shown()
    expect(await call().call(operations.sync, input, as)).toEqual(first)
  })

  it("is refused when the day's calls are used, with the time of the next", async () => {
    await settled()
    for (let n = 0; n < 3; n++) {
      await shown()
      await syncNow()
      await settled()
    }
    await shown()
    const refused = syncNow()
    await expect(refused).rejects.toMatchObject({ code: 'quota_exhausted', retryAfterSeconds: expect.any(Number) })
    await refused.catch((error) => expect(error.retryAfterSeconds).toBeGreaterThan(23 * 3600))
    expect((await feeds())[0]?.quota[0]).toMatchObject({ remaining: 0 })
  })

  it('is refused for a connection that is not there, and for one of somebody else', async () => {
    const other = { principal: { ...principal, spaceId: '018f0000-0000-7000-8000-00000000a002' } }
    const input = { connectionId, commandId: 'x' }
    await expect(call().call(operations.sync, input, other)).rejects.toMatchObject({ code: 'connection_not_found' })
    expect((await call().call(operations.syncs, {}, other)).items).toEqual([])
    const [own] = await settled()
    await expect(call().call(operations.getSync, { id: own!.id }, other)).rejects.toMatchObject({
      code: 'sync_not_found',
    })
  })
})

describe('a list of syncs', () => {
  it('is newest first and continues where a page ended', async () => {
    await settled()
    await shown()
    await syncNow()
    const all = await settled()
    const first = await call().call(operations.syncs, { limit: 4 }, as)
    const second = await call().call(operations.syncs, { limit: 4, cursor: first.next_cursor ?? '' }, as)
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    expect(second.next_cursor).toBeUndefined()
    await expect(call().call(operations.syncs, { cursor: 'x' }, as)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('a bank in trouble', () => {
  const path = '/api/v2/accounts/*/transactions/'

  /** Faults the next fetch of every account, runs it, and answers the failed syncs with minutes until the retry. */
  async function failing(fault: object): Promise<{ sync: Rest.Sync; minutes: number | null }[]> {
    await settled()
    await shown()
    await world.control('POST', 'faults', [{ path, ...fault }])
    const { run_id } = await syncNow()
    const syncs = (await settled()).filter((sync) => sync.run_id === run_id)
    expect(syncs).toHaveLength(3)
    const now = Date.parse(await world.bank.now())
    return syncs.map((sync) => ({
      sync,
      minutes: sync.retry_at === null ? null : Math.round((Date.parse(sync.retry_at) - now) / 60_000),
    }))
  }

  it('that answers 503 is asked again after a minute', async () => {
    const body = {
      summary: "Couldn't update account transactions",
      detail: 'x',
      type: 'ServiceError',
      status_code: 503,
    }
    for (const { sync, minutes } of await failing({ status: 503, body })) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'bank_unavailable', detail: expect.any(String) } })
      expect(minutes).toBe(1)
    }
  })

  it('that answers 500, which counts, is asked again after hours', async () => {
    const body = { summary: "Couldn't update account transactions", type: 'UnknownRequestError', status_code: 500 }
    for (const { sync, minutes } of await failing({ status: 500, body })) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'bank_error' } })
      expect(minutes).toBe(360)
    }
  })

  it('that allows no more is asked again at its reset, and not before by anybody', async () => {
    const detail = 'The rate limit for this resource is 4/day. Please try again in 7200 seconds'
    const body = { summary: 'Rate limit exceeded', detail, status_code: 429 }
    for (const { sync, minutes } of await failing({ status: 429, body })) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'rate_limited' } })
      expect(minutes).toBe(120)
    }
    await expect(syncNow()).rejects.toMatchObject({ code: 'quota_exhausted' })
  })

  it('that answers with a page of HTML is asked again after a minute', async () => {
    const html = { body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }
    for (const { sync, minutes } of await failing({ status: 502, ...html })) {
      expect(sync).toMatchObject({ status: 'failed' })
      expect(minutes).toBe(1)
    }
  })

  it('that drops the connection is asked again after a minute, and the call counts as spent', async () => {
    for (const { sync, minutes } of await failing({ drop: true })) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'unreachable' } })
      expect(minutes).toBe(1)
    }
    expect((await feeds())[0]?.quota[0]).toMatchObject({ remaining: 2 })
  })

  it('is asked again by itself when the time has come by its own clock, once', async () => {
    await failing({ times: 3, status: 503, body: {} })
    await world.advance(2 / 1440)
    const again = await eventually(async () => {
      const retries = (await listed({ limit: 200 })).filter((sync) => sync.trigger === 'retry')
      expect(retries.map(({ status }) => status)).toEqual(['storing', 'storing', 'storing'])
      return retries
    }, 10_000)
    expect(new Set(again.map((sync) => sync.account_id)).size).toBe(3)
  })

  it('that keeps only the balances back leaves the sync partial', async () => {
    await settled()
    await shown()
    await world.control('POST', 'faults', [{ path: '/api/v2/accounts/*/balances/', status: 503, body: {} }])
    const { run_id } = await syncNow()
    await settled()
    await shown()
    const partial = await listed({ run_id })
    expect(partial.map((sync) => [sync.status, sync.calls])).toEqual(Array(3).fill(['partial', 2]))
  })

  it('that asks for a new consent is not asked again by itself', async () => {
    const summary = 'End User Agreement (EUA) 6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10 has expired'
    for (const { sync, minutes } of await failing({ status: 401, body: { summary, detail: 'x', status_code: 401 } })) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'consent_expired' } })
      expect(minutes).toBeNull()
    }
  })

  it('whose consent has run out is not asked at all', async () => {
    await settled()
    await shown()
    await world.advance(181)
    await expect(syncNow()).rejects.toMatchObject({ code: 'connection_not_active' })
    expect((await feeds()).map((feed) => feed.next_sync_at)).toEqual([null, null, null])
    expect(await listed({ limit: 200 })).toHaveLength(3)
  })
})

describe('a crash', () => {
  it('between the intent and the answer counts the call as spent and makes another', async () => {
    await settled()
    await shown()
    const died = new Set<string>()
    world.through((feed) => ({
      ...feed,
      transactions: (account, window) => {
        if (died.has(account)) return feed.transactions(account, window)
        died.add(account)
        return Promise.reject(new Error('the process died here'))
      },
    }))
    await syncNow()
    await settled()
    const [account] = world.accounts
    const events = await world.eventsOf(account!.accountId)
    expect(ofType(events, 'CallFailed').map(({ data }) => [data.code, data.spent])).toEqual([
      ['outcome_unknown', 'unknown'],
    ])
    expect(ofType(events, 'CallIntended').filter(({ data }) => data.scope === 'transactions')).toHaveLength(3)
    expect((await feeds())[0]?.quota[0]).toMatchObject({ remaining: 1 })
  })

  it('between the answer and its event costs no second call', async () => {
    await world.stop()
    const torn = new Set<string>()
    world = await runExtraction({
      async open(sandboxUrl) {
        const platform = await createMemoryPlatform({ config: { sandboxUrl } })
        const objects: ObjectStore = {
          ...platform.objects,
          async put(key, body, options) {
            const done = await platform.objects.put(key, body, options)
            // Every try of the first process to hear of its success is in vain.
            const tries = [...torn].filter((tried) => tried.startsWith(key)).length
            if (torn.size < 3 * keepTries && tries < keepTries) {
              torn.add(`${key}#${tries}`)
              throw new Error('the process died here')
            }
            return done
          },
        }
        return { ...platform, objects }
      },
    })
    await settled()
    for (const { providerAccountId, accountId } of world.accounts) {
      expect(await callsOf(providerAccountId, 'transactions')).toHaveLength(1)
      const events = await world.eventsOf(accountId)
      expect(ofType(events, 'CallIntended').filter(({ data }) => data.scope === 'transactions')).toHaveLength(1)
      expect(ofType(events, 'CallFailed')).toEqual([])
      expect(ofType(events, 'TransactionsFetched')).toHaveLength(1)
    }
  })
})

describe('the daily sync', () => {
  it("comes by the bank's clock, once for each account, however many days were missed", async () => {
    await settled()
    await shown()
    await world.advance(3)
    const scheduled = await eventually(async () => {
      const syncs = (await listed({ limit: 200 })).filter((sync) => sync.trigger === 'schedule')
      expect(syncs.map(({ status }) => status)).toEqual(['storing', 'storing', 'storing'])
      return syncs
    }, 10_000)
    await shown()
    expect(new Set(scheduled.map((sync) => sync.account_id)).size).toBe(3)
    expect(await listed({ limit: 200 })).toHaveLength(6)
  })
})

describe("the demo bank's day", () => {
  it('is moved on, and its connections are synced once', async () => {
    await settled()
    await shown()
    const before = Date.parse(await world.bank.now())
    const input = { days: 3, commandId: 'demo-1' }
    const { bank_now, runs } = await call().call(operations.advanceDemo, input, as)
    expect(Math.round((Date.parse(bank_now) - before) / 86_400_000)).toBe(3)
    expect(runs).toHaveLength(1)
    expect((await call().call(operations.advanceDemo, input, as)).runs).toEqual(runs)
    expect(Math.round((Date.parse(await world.bank.now()) - before) / 86_400_000)).toBe(3)
    await settled()
    await shown()
    const triggers = (await listed({ limit: 200 })).map(({ trigger }) => trigger)
    expect(triggers.toSorted()).toEqual([...Array(3).fill('demo'), ...Array(3).fill('linked')])
  })
})
