import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

const days = 30
const seed = process.env['PF_FAULT_SEED'] ?? 'soak-1'
/** On this bank day the bank withdraws the consent; it is given again two days later. */
const consentEnds = 17
const consentRenewed = 19

type Call = { at: string; status: number | null; scope?: string; account_id?: string }
type Doubtful = { date: string | null; reason: string }

const accessExpired = {
  summary: "Couldn't update account transactions",
  detail: 'Access has expired or it has been revoked. To restore access reconnect the account.',
  type: 'AccessExpiredError',
  status_code: 401,
}

/**
 * Thirty bank days with a bank that has every bad habit, in bad weather, and a consent that ends. `PF_FAULT_SEED` repeats a
 * run; the seed is printed.
 */
describe(`thirty days with a difficult bank (PF_FAULT_SEED=${seed})`, () => {
  let system: System
  let sam: Client
  let connection: string
  /** What the log of the bank says of each day. */
  const log: Call[][] = []
  /** Whether the consent stood on a day. */
  const consented: boolean[] = []

  beforeAll(async () => {
    process.stdout.write(`soak: PF_FAULT_SEED=${seed}\n`)
    system = await System.start()
    await bank(system, 'POST', '/__sandbox/reset', { scenario: 'household', seed: 'demo', quirks: { seed } })
    sam = await Client.registered(system)
    connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection }, 120_000)
    await bank(system, 'POST', '/__sandbox/weather', { seed, rate: 0.25 })
    for (let day = 1; day <= days; day++) await liveThrough(day)
    await bank(system, 'POST', '/__sandbox/weather', { seed, rate: 0 })
    await liveThrough(days + 1)
  }, 900_000)
  afterAll(() => system.end(), 60_000)

  async function liveThrough(day: number): Promise<void> {
    await bank(system, 'DELETE', '/__sandbox/calls')
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
    if (day === consentEnds) {
      await bank(system, 'POST', '/__sandbox/faults', [
        { path: '/accounts/*', status: 401, body: JSON.stringify(accessExpired) },
      ])
    }
    if (day === consentRenewed) await renew()
    consented.push(day < consentEnds || day >= consentRenewed)
    await syncUntilRead()
    log.push((await bank<{ items: Call[] }>(system, 'GET', '/__sandbox/calls')).items)
  }

  async function renew(): Promise<void> {
    await bank(system, 'DELETE', '/__sandbox/faults')
    const before = (await sam.get<Rest.Connection>(`/connections/${connection}`)).consent?.granted_at ?? ''
    const { link } = await sam.expect<{ link: string }>(200, 'POST', `/connections/${connection}/renew`)
    await sam.consent(link, 'grant')
    // In bad weather the bank does not describe its accounts at once: the person comes back until it does.
    await eventually(async () => {
      const { consent } = await sam.get<Rest.Connection>(`/connections/${connection}`)
      if (consent !== null && consent.granted_at > before) return true
      await sam.call('POST', `/connections/${connection}/complete`, {})
      throw new Error(`The consent is still of ${consent?.granted_at}.`)
    }, 60_000)
    await sam.settled({ connection_id: connection }, 120_000)
  }

  /** As a person would: again and again, until every account was read today or nothing more can be asked. */
  async function syncUntilRead(): Promise<void> {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { status, body } = await sam.call<Rest.SyncRun>('POST', `/connections/${connection}/sync`)
      if (status !== 202) return
      const syncs = await sam.settled({ run_id: body.run_id }, 60_000)
      if (syncs.every((sync) => sync.status === 'completed')) return
    }
  }

  const held = async (): Promise<Rest.HeldItem[]> =>
    (await sam.get<{ items: Rest.HeldItem[] }>('/held?limit=200')).items

  it('ends with every account equal to the truth', async () => {
    const compared = await eventually(() => expectTruth(system, sam), 30_000)
    expect(compared).toBeGreaterThan(1_000)
  }, 60_000)

  it('holds exactly the rows that were planted as doubtful', async () => {
    const planted: string[] = []
    for (const account of await sam.accounts()) {
      const truth = await bank<{ doubtful: Doubtful[] }>(
        system,
        'GET',
        `/__sandbox/truth/${account.provider_account_id}`,
      )
      for (const { date, reason } of truth.doubtful) planted.push(`${account.id} ${date} ${reason}`)
    }
    expect(planted).toHaveLength(3)
    const waiting = (await held()).map(({ account_id, read, reason }) => `${account_id} ${read.date} ${reason}`)
    expect(waiting.sort()).toEqual(planted.sort())
  })

  it('read each account on each day on which a call was possible', () => {
    const missed = log.flatMap((calls, day) => {
      if (!consented[day]) return []
      const rows = calls.filter(({ scope }) => scope === 'transactions')
      const refused = new Set(rows.filter(({ status }) => status === 429).map((call) => call.account_id))
      const read = new Set(rows.filter(({ status }) => status === 200).map((call) => call.account_id))
      // Of a consent that has ended nothing can be read: on the day of a renewal its ids are still asked for.
      const known = new Set(calls.flatMap(({ account_id, status }) => (status === 401 ? [] : (account_id ?? []))))
      return [...known].filter((id) => !read.has(id) && !refused.has(id)).map((id) => `day ${day + 1}: ${id}`)
    })
    expect(missed).toEqual([])
    expect(log.filter((calls, day) => consented[day] && calls.length > 0)).toHaveLength(
      consented.filter(Boolean).length,
    )
  })

  it('made not one call over quota: four successes in 24 hours, an account and scope', () => {
    const successes = new Map<string, number[]>()
    for (const { at, status, scope, account_id } of log.flat()) {
      if (status !== 200 || scope === undefined || scope === 'metadata') continue
      const key = `${account_id} ${scope}`
      successes.set(key, [...(successes.get(key) ?? []), Date.parse(at)])
    }
    expect(successes.size).toBeGreaterThan(5)
    for (const times of successes.values()) {
      for (const [n, at] of times.entries()) {
        const before = times[n - 4]
        if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(24 * 3_600_000)
      }
    }
    const overLimit = log.flat().filter(({ status }) => status === 403)
    expect(overLimit).toEqual([])
  })
})
