import { DomainError } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { ProviderError } from '@pf/providers'
import { createLogger } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { asking, ofType } from './testing/asking.ts'
import { principal, type RunningExtraction, runExtraction } from './testing/running-extraction.ts'

let world: RunningExtraction
let lines: Record<string, unknown>[]
/** Whether the vault's store is there, asked with what it is asked to seal. */
let vaultAnswers: (plain: Uint8Array) => boolean
const { listed, syncNow, feeds, settled, shown, callsOf } = asking(() => world)

beforeEach(async () => {
  lines = []
  vaultAnswers = () => true
  world = await runExtraction({
    async open(sandboxUrl) {
      const platform = await createMemoryPlatform({ config: { sandboxUrl } })
      const { keys } = platform
      return {
        ...platform,
        logger: createLogger({ name: 'spec' }, { write: (line) => void lines.push(JSON.parse(line)) }),
        keys: {
          ...keys,
          async sealObject(spaceId, accountId, plain) {
            if (!vaultAnswers(plain)) throw new Error('the database is down')
            return keys.sealObject(spaceId, accountId, plain)
          },
        },
      }
    },
  })
  await settled()
})
afterEach(() => world.stop())

const first = () => world.accounts[0]!
const lastFailure = async () => ofType(await world.eventsOf(first().accountId), 'CallFailed').at(-1)!.data
const lastFetched = async () => ofType(await world.eventsOf(first().accountId), 'TransactionsFetched').at(-1)!.data
const transactions = '/api/v2/accounts/*/transactions/'
const balances = '/api/v2/accounts/*/balances/'
const fault = (path: string, body: unknown) => world.control('POST', 'faults', [{ path, status: 200, body }])
const dayAfter = (day: string, days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
const ofRun = async (runId: string) => (await settled()).filter((sync) => sync.run_id === runId)

describe('a success that nobody can read', () => {
  it.each([
    ['cut short', '{"transactions":{"booked":[{"transactionId":"x"}'],
    ['an error', { error: 'try again' }],
    ['without its list', { transactions: {} }],
  ])('(%s) fails its sync, which comes again, and the next good one brings the truth', async (_, body) => {
    await shown()
    await fault(transactions, body)
    const { run_id } = await syncNow()
    const failed = await ofRun(run_id)
    expect(failed).toHaveLength(3)
    for (const sync of failed) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'bad_answer' }, retry_at: expect.any(String) })
      const minutes = (Date.parse(sync.retry_at ?? '') - Date.parse(await world.bank.now())) / 60_000
      expect(Math.round(minutes)).toBe(1)
    }
    expect(await lastFailure()).toMatchObject({
      code: 'bad_answer',
      action: 'retry_later',
      spent: 'yes',
      counted: false,
    })
    await world.control('DELETE', 'faults')
    const again = await syncNow()
    expect((await ofRun(again.run_id)).map(({ status }) => status)).toEqual(Array(3).fill('storing'))
    await shown()
    expect((await listed({ run_id: again.run_id })).map(({ status }) => status)).toEqual(Array(3).fill('completed'))
    const raw = (await lastFetched()).raw
    const sealed = await world.platform.objects.get(raw.key)
    const opened = await world.platform.keys.openObject(principal.spaceId, first().accountId, sealed)
    expect(JSON.parse(new TextDecoder().decode(opened)).transactions.booked).toBeInstanceOf(Array)
  })

  it('stays in the store as it came', async () => {
    await shown()
    const body = { transactions: { pending: 'odd' } }
    await fault(transactions, body)
    await syncNow()
    await settled()
    const callId = (await lastFailure()).callId
    const key = `raw/${principal.spaceId}/${first().accountId}/${callId}.zst`
    const { objects, keys } = world.platform
    const opened = await keys.openObject(principal.spaceId, first().accountId, await objects.get(key))
    expect(JSON.parse(new TextDecoder().decode(opened))).toEqual(body)
  })

  it('as an account’s own payload fails that account alone', async () => {
    await shown()
    const payload = { transactions: { transactions: { booked: {} } } }
    await world.control('PUT', `accounts/${first().providerAccountId}/payload`, payload)
    const { run_id } = await syncNow()
    const syncs = await ofRun(run_id)
    expect(Object.fromEntries(syncs.map((sync) => [sync.account_id, sync.status]))).toEqual(
      Object.fromEntries(world.accounts.map(({ accountId }, n) => [accountId, n === 0 ? 'failed' : 'storing'])),
    )
  })

  it('for balances leaves the sync partial', async () => {
    await shown()
    await fault(balances, { balances: {} })
    const { run_id } = await syncNow()
    await shown()
    expect((await listed({ run_id })).map(({ status }) => status)).toEqual(Array(3).fill('partial'))
  })
})

describe('balances that the bank allows no more of', () => {
  it('are not asked for again before their reset, by anybody', async () => {
    await shown()
    const detail = 'The rate limit for this resource is 4/day. Please try again in 7200 seconds'
    const body = { summary: 'Rate limit exceeded', detail, status_code: 429 }
    await world.control('POST', 'faults', [{ path: balances, status: 429, body }])
    await syncNow()
    await shown()
    const asked = (await callsOf(first().providerAccountId, 'balances')).length
    expect((await feeds())[0]?.quota[1]).toMatchObject({ scope: 'balances', remaining: 0 })
    const { run_id } = await syncNow()
    await shown()
    expect((await listed({ run_id })).map(({ status }) => status)).toEqual(Array(3).fill('partial'))
    expect(await callsOf(first().providerAccountId, 'balances')).toHaveLength(asked)
  })
})

describe('balances that the bank withholds', () => {
  it('are not asked for with the next sync, whose transactions come all the same', async () => {
    await shown()
    const body = { summary: "Couldn't update account balances", type: 'AccountResourceUnavailable', status_code: 403 }
    await world.control('POST', 'faults', [{ path: balances, status: 403, body }])
    await syncNow()
    await shown()
    await world.control('DELETE', 'faults')
    const asked = (await callsOf(first().providerAccountId, 'balances')).length
    const { run_id } = await syncNow()
    await shown()
    expect((await listed({ run_id })).map(({ status }) => status)).toEqual(Array(3).fill('partial'))
    expect(await callsOf(first().providerAccountId, 'balances')).toHaveLength(asked)
  })
})

describe('sync now at a bank that is left alone', () => {
  const failing = (path: string) =>
    world.control('POST', 'faults', [
      { path, status: 500, body: { summary: "Couldn't update account transactions", type: 'UnknownRequestError' } },
    ])
  const rowsAsked = async () =>
    (await Promise.all(world.accounts.map((account) => callsOf(account.providerAccountId, 'transactions')))).flat()

  /** The refusal, once the read model has seen the failures; until then a sync is accepted and asks the bank nothing. */
  const refusedSync = () =>
    eventually(async () => {
      const refusal = await syncNow().catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(DomainError)
      return refusal
    }, 10_000)

  it('is refused at once with the time, after two counted failures of every account', async () => {
    await shown()
    await failing(transactions)
    for (let n = 0; n < 2; n++)
      expect((await ofRun((await syncNow()).run_id)).map(({ status }) => status)).toEqual(Array(3).fill('failed'))
    await world.control('DELETE', 'faults')
    const asked = (await rowsAsked()).length
    const refusal = await refusedSync()
    expect(refusal).toMatchObject({ code: 'bank_rests', detail: expect.stringContaining('asked again at') })
    const { retryAfterSeconds } = refusal as { retryAfterSeconds: number }
    expect(retryAfterSeconds).toBeGreaterThan(23 * 3600)
    expect(retryAfterSeconds).toBeLessThanOrEqual(24 * 3600)
    expect(await rowsAsked()).toHaveLength(asked)
  })

  it('reads the accounts that are not', async () => {
    await shown()
    await failing(`/api/v2/accounts/${first().providerAccountId}/transactions/`)
    for (let n = 0; n < 2; n++) {
      await ofRun((await syncNow()).run_id)
      await shown()
    }
    const { run_id, syncs } = await syncNow()
    expect(syncs.map((sync) => sync.account_id)).toEqual(
      expect.arrayContaining(world.accounts.slice(1).map(({ accountId }) => accountId)),
    )
    expect((await ofRun(run_id)).map(({ status }) => status)).toEqual(['storing', 'storing'])
  })

  it('is refused for a day after the bank reported trouble with the accounts', async () => {
    await shown()
    const body = { id: first().providerAccountId, aspsp_identifier: 'X', status: 'ERROR' }
    await world.control('POST', 'faults', [{ path: transactions, status: 409, body }])
    const failed = await ofRun((await syncNow()).run_id)
    expect(failed.map(({ status }) => status)).toEqual(Array(3).fill('failed'))
    expect(await refusedSync()).toMatchObject({ code: 'bank_rests', retryAfterSeconds: expect.any(Number) })
  })
})

describe('a window that the bank refuses', () => {
  const refused = (earliest?: string) =>
    new ProviderError({
      ...{ code: 'window_refused', action: 'narrow_window', counted: false, spent: false, status: 422 },
      ...(earliest === undefined ? {} : { earliest }),
    })

  it('is asked for again in fewer days until it is granted, in one sync and for one call of the quota', async () => {
    await shown()
    const asked: string[] = []
    world.through((bank) => ({
      ...bank,
      async transactions(id, window, options) {
        if (id !== first().providerAccountId) return bank.transactions(id, window, options)
        asked.push(window.dateFrom)
        if (asked.length === 1) throw refused()
        if (asked.length === 2) throw refused(dayAfter(window.dateFrom, 3))
        return bank.transactions(id, window, options)
      },
    }))
    await world.advance(100)
    const sync = await eventually(async () => {
      const found = (await listed({ account_id: first().accountId })).find(({ calls }) => calls > 3)
      expect(found).toMatchObject({ status: 'storing' })
      return found
    }, 20_000)
    const to = sync?.window?.to ?? ''
    expect(asked.slice(1)).toEqual([dayAfter(to, -88), dayAfter(to, -85)])
    expect(sync?.window?.from).toBe(asked[2])
    expect((await lastFetched()).window).toEqual(sync?.window)
    const view = (await feeds()).find(({ account_id }) => account_id === first().accountId)
    expect(view?.quota.find(({ scope }) => scope === 'transactions')).toMatchObject({ limit: 4, remaining: 3 })
  })
})

describe('an account whose transactions the bank withholds', () => {
  const rows = () => `/api/v2/accounts/${first().providerAccountId}/transactions/`
  const calls = async (scope: string) => (await callsOf(first().providerAccountId, scope)).length
  const newest = async () => (await listed({ account_id: first().accountId }))[0]
  const passDay = async (syncs: number) => {
    await world.advance(1)
    await eventually(async () => expect(await listed({ account_id: first().accountId })).toHaveLength(syncs), 10_000)
    await shown()
  }

  it('still gets its balances each day; its rows are asked for again after a week, or when the user wants it', async () => {
    await shown()
    await world.control('POST', 'faults', [{ path: rows(), kind: 'resource_unavailable' }])
    const before = { rows: await calls('transactions'), balances: await calls('balances') }
    for (let day = 1; day <= 7; day++) await passDay(1 + day)
    expect(await newest()).toMatchObject({
      status: 'failed',
      error: { code: 'transactions_withheld', detail: expect.stringContaining('after a week') },
    })
    const fetched = ofType(await world.eventsOf(first().accountId), 'BalancesFetched')
    expect(fetched).toHaveLength(1 + 7)
    expect(await calls('balances')).toBe(before.balances + 7)
    expect(await calls('transactions')).toBe(before.rows + 1)
    await syncNow()
    await shown()
    expect(await calls('transactions')).toBe(before.rows + 2)

    await world.control('DELETE', 'faults')
    await syncNow()
    await shown()
    expect(await newest()).toMatchObject({ status: 'completed', error: null })
    await passDay(1 + 7 + 3)
    expect(await newest()).toMatchObject({ status: 'completed', error: null })
  }, 60_000)
})

describe('an answer that a bank goes on giving out', () => {
  it('is stored, and told as stale until a fresh one comes', async () => {
    await shown()
    const stale = { transactions: { booked: [], pending: [] }, last_updated: '2020-01-02T03:04:05Z' }
    await fault(transactions, stale)
    const { run_id } = await syncNow()
    expect((await ofRun(run_id)).map(({ status }) => status)).toEqual(Array(3).fill('storing'))
    await eventually(async () => {
      expect((await feeds()).map(({ stale_since }) => stale_since)).toEqual(Array(3).fill('2020-01-02'))
    }, 10_000)
    await world.control('DELETE', 'faults')
    await shown()
    await ofRun((await syncNow()).run_id)
    await eventually(async () => {
      expect((await feeds()).map(({ stale_since }) => stale_since)).toEqual(Array(3).fill(null))
    }, 10_000)
  })
})

describe('an answer while the vault’s database is down', () => {
  it('is kept once the database is back: the bank is not asked again', async () => {
    await shown()
    let failures = 0
    vaultAnswers = (plain) => plain.byteLength === 0 || ++failures > 4
    const { run_id } = await syncNow()
    expect((await ofRun(run_id)).map(({ status }) => status)).toEqual(Array(3).fill('storing'))
    expect(failures).toBeGreaterThan(4)
    for (const { accountId, providerAccountId } of world.accounts) {
      expect(await callsOf(providerAccountId, 'transactions')).toHaveLength(2)
      expect(ofType(await world.eventsOf(accountId), 'CallFailed')).toEqual([])
    }
  })

  it('is not asked for where the account’s key cannot be had', async () => {
    await shown()
    const intended = async () => ofType(await world.eventsOf(first().accountId), 'CallIntended').length
    const before = await intended()
    let refused = 0
    let atRefusal: Promise<number> | undefined
    vaultAnswers = () => {
      if (++refused > 6) return true
      atRefusal = intended()
      return false
    }
    const { run_id } = await syncNow()
    await ofRun(run_id)
    expect(refused).toBeGreaterThan(6)
    expect(await atRefusal).toBe(before)
    expect(await callsOf(first().providerAccountId, 'transactions')).toHaveLength(2)
    expect(ofType(await world.eventsOf(first().accountId), 'CallFailed')).toEqual([])
  })
})

describe('what a bank refuses', () => {
  const told = () => lines.filter((line) => line['msg'] === 'the bank gave no usable answer')

  it('is told to the log without its words of detail', async () => {
    await shown()
    const body = { summary: 'Account of GB33BUKB20201555555555', detail: 'J Hartley', type: 'ServiceError' }
    await world.control('POST', 'faults', [{ path: transactions, status: 503, body }])
    await syncNow()
    await settled()
    expect(told()).toHaveLength(3)
    expect(told()[0]).toMatchObject({
      level: 'warn',
      provider: 'sandbox',
      scope: 'transactions',
      status: 503,
      code: 'bank_unavailable',
      action: 'retry_later',
      syncId: expect.any(String),
      callId: expect.any(String),
    })
    expect(JSON.stringify(lines)).not.toMatch(/Hartley|GB33/)
  })

  it('is an error where the operator has to act', async () => {
    await shown()
    const body = { summary: 'Payment Required', detail: 'x', status_code: 402 }
    await world.control('POST', 'faults', [{ path: transactions, status: 402, body }])
    await syncNow()
    await settled()
    expect(told().map(({ level, code }) => [level, code])).toEqual(Array(3).fill(['error', 'payment_required']))
  })
})
