import { eventually } from '@pf/eventing/testing'
import { openProviders, providerInstances } from '@pf/providers'
import { createLogger } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { asking } from './testing/asking.ts'
import { principal, type RunningExtraction, runExtraction } from './testing/running-extraction.ts'

const dayMs = 86_400_000
let world: RunningExtraction
let lines: string[]
/** Spaces that are being moved away, and how often the scheduler asked for them. */
let leaving: Set<string>
let rounds: number
const { listed, syncNow, feeds, settled, shown } = asking(() => world)
const scheduled = async () => (await listed({ limit: 200 })).filter((sync) => sync.trigger === 'schedule')

/** The demo bank's day is three days back: by the wall's, the next night has come already. */
beforeEach(async () => {
  lines = []
  leaving = new Set()
  rounds = 0
  world = await runExtraction({
    async open(sandboxUrl) {
      const set = new Date(Date.now() - 3 * dayMs).toISOString()
      const body = JSON.stringify({ set })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${sandboxUrl}/__sandbox/clock`, { method: 'POST', headers, body })
      const logger = createLogger({ name: 'spec' }, { write: (line) => void lines.push(line) })
      const asked = async () => {
        rounds++
        return leaving
      }
      return { ...(await createMemoryPlatform({ config: { sandboxUrl } })), logger, leaving: asked }
    },
  })
  await settled()
  await shown()
})
afterEach(() => world.stop())

describe('the daily sync', () => {
  it('is one run for all accounts of a connection, which sync now answers while it runs', async () => {
    await world.advance(2)
    const syncs = await eventually(async () => {
      const found = await scheduled()
      expect(found.map(({ status }) => status)).toEqual(Array(3).fill('storing'))
      return found
    }, 10_000)
    const runs = new Set(syncs.map((sync) => sync.run_id))
    expect(runs.size).toBe(1)
    const now = await syncNow()
    expect([now.run_id]).toEqual([...runs])
    expect(now.syncs).toHaveLength(3)
  })
})

describe('a space that is being moved away', () => {
  it('is asked for by nobody here, and as ever where it stays after all', async () => {
    leaving.add(principal.spaceId)
    await world.advance(2)
    const before = rounds
    await eventually(async () => expect(rounds).toBeGreaterThan(before + 3), 10_000)
    expect(await scheduled()).toEqual([])
    leaving.clear()
    await eventually(async () => expect(await scheduled()).toHaveLength(3), 10_000)
  })
})

describe('an account that is busy when its connection is due', () => {
  it('gets its daily sync in a run of its own, once', async () => {
    const [{ accountId, providerAccountId }] = world.accounts as [RunningExtraction['accounts'][number]]
    const path = `/api/v2/accounts/${providerAccountId}/transactions/`
    await world.control('POST', 'faults', [{ path, delay_ms: 2_000, times: 1 }])
    const { run_id } = await syncNow()
    await eventually(async () => {
      const others = (await listed({ run_id })).filter((sync) => sync.account_id !== accountId)
      expect(others.map(({ status }) => status)).toEqual(['storing', 'storing'])
    }, 5_000)
    await world.advance(1)
    await eventually(async () => expect(await scheduled()).toHaveLength(2), 1_500)
    await eventually(async () => {
      expect((await scheduled()).map(({ status }) => status)).toEqual(Array(3).fill('storing'))
    }, 10_000)
    const runs = (await scheduled()).map((sync) => [sync.run_id, sync.account_id])
    expect(new Set(runs.map(([run]) => run)).size).toBe(2)
    expect(new Set(runs.map(([, account]) => account)).size).toBe(3)
  })
})

describe('sync now', () => {
  it('is no run that covers a single account', async () => {
    await world.control('PUT', `accounts/${world.accounts[0]!.providerAccountId}/payload`, { transactions: {} })
    await syncNow()
    await settled()
    await shown()
    await world.control('PUT', `accounts/${world.accounts[0]!.providerAccountId}/payload`, { transactions: null })
    await world.advance(2 / 1440)
    const retry = await eventually(async () => {
      const found = (await listed({ limit: 200 })).filter((sync) => sync.trigger === 'retry')
      expect(found.map(({ status }) => status)).toEqual(['storing'])
      return found[0]!
    }, 10_000)
    const { run_id, syncs } = await syncNow()
    expect(run_id).not.toBe(retry.run_id)
    expect(syncs.map((sync) => sync.account_id).toSorted()).toEqual(world.accounts.map((a) => a.accountId).toSorted())
  })
})

describe('a provider whose time was never told', () => {
  it('is left out of the schedule until it tells, and its feeds say so', async () => {
    let answers = false
    const { config, clock, secrets } = world.platform
    const unreached: typeof fetch = (...asked) =>
      answers ? fetch(...asked) : Promise.reject(new TypeError('no route'))
    await world.restart(openProviders(providerInstances(config), { clock, secrets, fetch: unreached }))
    await eventually(async () => expect(lines.filter((line) => line.includes('has not told its time'))).toHaveLength(1))
    expect((await feeds()).map((feed) => [feed.next_sync_at, feed.quota])).toEqual(Array(3).fill([null, []]))
    await expect(syncNow()).rejects.toMatchObject({ code: 'provider_unavailable' })
    answers = true
    await eventually(
      async () => expect((await feeds()).map((feed) => feed.quota.length)).toEqual(Array(3).fill(2)),
      10_000,
    )
    expect(await listed({ limit: 200 })).toHaveLength(3)
  })
})
