import { type EnableBankingClient, enableBankingClient } from './testing/enable-banking-client.ts'
import { type Json, newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

const folder = newFolder()
let bank: RunningBank
let client: EnableBankingClient
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
  client = enableBankingClient(bank)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})
beforeEach(async () => {
  await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'spec' })
})

const advance = (days: number) => bank.call('POST', '/__sandbox/clock', { advance_days: days })
const refusal = (code: number, error: string) => ({ status: code, json: expect.objectContaining({ code, error }) })
const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
type Row = Json & { transaction_amount: { amount: string; currency: string } }
type Page = { transactions: Row[]; continuation_key: string | null }

/** All pages of one call. */
async function pagesOf(uid: string | undefined, query: string): Promise<Page[]> {
  const pages: Page[] = []
  let key: string | null = null
  do {
    const more: string = key === null ? '' : `&continuation_key=${key}`
    const { status, json } = await client.call('GET', `/accounts/${uid}/transactions?${query}${more}`)
    expect(status).toBe(200)
    pages.push(json as Page)
    key = (json as Page).continuation_key
  } while (key !== null)
  return pages
}

const rowsOf = (pages: Page[]) => pages.flatMap(({ transactions }) => transactions)

describe('the accounts of a session', () => {
  it('tell the truth that the other protocol tells, each payment once', async () => {
    const { uids } = await client.link()
    for (const uid of uids) {
      const rows = rowsOf(await pagesOf(uid, `date_from=${dayBefore(729)}`))
      const { json: truth } = await bank.call('GET', `/__sandbox/truth/${uid}?date_from=${dayBefore(729)}`)
      const told = rows
        .filter(({ status }) => status === 'BOOK')
        .map(({ booking_date, credit_debit_indicator, transaction_amount: { amount } }) => {
          expect(amount).toMatch(/^\d+\.\d\d$/)
          return `${booking_date} ${credit_debit_indicator === 'DBIT' ? '-' : ''}${amount}`
        })
      const really = (truth['booked'] as Json[]).map(({ date, amount }) => `${date} ${amount}`)
      expect(told.sort()).toEqual(really.sort())
      expect(rows.filter(({ status }) => status === 'PDNG')).toHaveLength((truth['pending'] as Json[]).length)
      const { json } = await client.call('GET', `/accounts/${uid}/balances`)
      const stated = (json['balances'] as Json[]).map(({ balance_amount }) => (balance_amount as Json)['amount'])
      expect(stated).toEqual(
        (truth['balances'] as Json[]).map(({ balanceAmount }) => (balanceAmount as Json)['amount']),
      )
    }
  })

  it('are worded as §11 has it', async () => {
    const { uids, accounts } = await client.link()
    const details = await client.call('GET', `/accounts/${uids[2]}/details`)
    expect(details.json).toEqual(accounts[2])
    const balances = await client.call('GET', `/accounts/${uids[0]}/balances`)
    expect(balances.json).toEqual({
      balances: ['ITBD', 'ITAV'].map((balance_type) => ({
        name: expect.any(String),
        balance_amount: { currency: 'GBP', amount: expect.stringMatching(/^-?\d+\.\d\d$/) },
        balance_type,
        last_change_date_time: null,
        reference_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        last_committed_transaction: null,
      })),
    })
    const [pending, ...rows] = rowsOf(await pagesOf(uids[2], ''))
    expect(pending).toMatchObject({
      ...{ status: 'PDNG', booking_date: null, transaction_date: expect.stringMatching(/^\d{4}-/) },
    })
    const row = rows.find(({ status, merchant_category_code: mcc }) => status === 'BOOK' && mcc !== null) as Row
    expect(row).toEqual({
      entry_reference: expect.stringMatching(/^SF-[0-9A-F]+$/),
      transaction_id: Buffer.from(String(row['entry_reference'])).toString('base64url'),
      merchant_category_code: expect.stringMatching(/^\d{4}$/),
      transaction_amount: { currency: 'GBP', amount: expect.stringMatching(/^\d+\.\d\d$/) },
      ...{ creditor: row['creditor'], creditor_account: null, debtor: null, debtor_account: null },
      bank_transaction_code: { description: expect.any(String), code: null, sub_code: null },
      ...{ credit_debit_indicator: 'DBIT', status: 'BOOK', transaction_date: null },
      booking_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      value_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      ...{ balance_after_transaction: null, reference_number: null, exchange_rate: null, note: null },
      remittance_information: [expect.any(String)],
    })
  })

  it('that nobody knows do not exist', async () => {
    await client.link()
    const unknown = '6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10'
    expect(await client.call('GET', `/accounts/${unknown}/details`)).toMatchObject(
      refusal(404, 'ACCOUNT_DOES_NOT_EXIST'),
    )
    expect(await client.call('GET', '/accounts/nonsense/details')).toMatchObject(refusal(422, 'INVALID_ACCOUNT_ID'))
  })
})

describe('pages of transactions', () => {
  const query = `date_from=${dayBefore(600)}`
  const present = { 'psu-ip-address': '192.0.2.7', 'psu-user-agent': 'Spec' }

  it('follow each other by a key; the second is empty and has one all the same', async () => {
    const { uids } = await client.link()
    const pages = await pagesOf(uids[0], query)
    expect(pages.length).toBeGreaterThan(3)
    expect(pages[1]?.transactions).toEqual([])
    expect(pages.map(({ continuation_key }) => continuation_key === null)).toEqual(
      pages.map((_, n) => n === pages.length - 1),
    )
    const days = rowsOf(pages).map(({ booking_date, transaction_date }) => String(booking_date ?? transaction_date))
    expect(days).toEqual(days.toSorted().reverse())
  })

  it('stay those of the day on which they began', async () => {
    const { uids } = await client.link()
    const before = rowsOf(await pagesOf(uids[0], query))
    const path = `/accounts/${uids[0]}/transactions?${query}`
    const first = (await client.call('GET', path)).json as Page
    await advance(3)
    const rows = [...first.transactions]
    for (let key = first.continuation_key; key !== null; ) {
      const page = (await client.call('GET', `${path}&continuation_key=${key}`)).json as Page
      rows.push(...page.transactions)
      key = page.continuation_key
    }
    expect(rows).toEqual(before)
  })

  it('are for the same parameters, the same account and our own keys alone', async () => {
    const [one, other] = [await client.link(), await client.link()]
    const path = `/accounts/${one.uids[0]}/transactions?${query}`
    const key = ((await client.call('GET', path)).json as Page).continuation_key ?? ''
    const at = (account: string | undefined, asked: string, k: string) =>
      client.call('GET', `/accounts/${account}/transactions?${asked}&continuation_key=${k}`)
    expect(await at(one.uids[0], `date_from=${dayBefore(599)}`, key)).toMatchObject({
      ...refusal(422, 'WRONG_REQUEST_PARAMETERS'),
      json: expect.objectContaining({ message: expect.stringMatching(/^date_from in request is not the same/) }),
    })
    for (const [uid, used] of [
      [other.uids[0], key],
      [one.uids[1], key],
      [one.uids[0], `${key}x`],
      [one.uids[0], 'b3Bh'],
    ]) {
      expect(await at(uid, query, String(used))).toMatchObject(refusal(422, 'WRONG_CONTINUATION_KEY'))
    }
    await client.call('DELETE', `/sessions/${one.session}`)
    expect(await at(one.uids[0], query, key)).toMatchObject(refusal(401, 'CLOSED_SESSION'))
  })

  it('are chosen by days, status and strategy', async () => {
    const { uids } = await client.link()
    const asked = async (said: string) => {
      const answer = await client.call('GET', `/accounts/${uids[0]}/transactions?${said}`, undefined, present)
      return answer
    }
    const dates = (rows: Row[]) => rows.map(({ booking_date }) => String(booking_date)).toSorted()
    const week = (await asked(`date_from=${dayBefore(40)}&date_to=${dayBefore(34)}`)).json as Page
    expect(week.transactions.length).toBeGreaterThan(0)
    // By booking or value day: a day apart at most.
    expect(dates(week.transactions)[0]?.localeCompare(dayBefore(42))).toBeGreaterThanOrEqual(0)
    const booked = (await asked('transaction_status=BOOK')).json as Page
    expect(new Set(booked.transactions.map(({ status }) => status))).toEqual(new Set(['BOOK']))
    expect(((await asked('transaction_status=CNCL')).json as Page).transactions).toEqual([])
    const longest = rowsOf(await pagesOf(uids[0], `date_from=${dayBefore(900)}&strategy=longest`))
    expect(dates(longest)[0]?.localeCompare(dayBefore(700))).toBeLessThan(0)
    const faults: [string, string][] = [
      [`date_from=${dayBefore(900)}`, 'WRONG_TRANSACTIONS_PERIOD'],
      [`date_from=${dayBefore(1)}&date_to=${dayBefore(5)}`, 'WRONG_DATE_INTERVAL'],
      [`date_from=${dayBefore(-5)}`, 'DATE_FROM_IN_FUTURE'],
      [`date_to=${dayBefore(5)}`, 'DATE_TO_WITHOUT_DATE_FROM'],
      ['date_from=yesterday', 'WRONG_REQUEST_PARAMETERS'],
      ['strategy=shortest', 'WRONG_REQUEST_PARAMETERS'],
      ['transaction_status=DONE', 'WRONG_REQUEST_PARAMETERS'],
    ]
    for (const [said, error] of faults) expect(await asked(said)).toMatchObject(refusal(422, error))
  })

  it('lead to each transaction by its handle', async () => {
    const { uids } = await client.link()
    const row = rowsOf(await pagesOf(uids[2], '')).find(({ transaction_id }) => transaction_id !== null) as Row
    const one = await client.call('GET', `/accounts/${uids[2]}/transactions/${String(row['transaction_id'])}`)
    expect(one.json).toEqual(row)
    expect(await client.call('GET', `/accounts/${uids[2]}/transactions/MQ`)).toMatchObject(
      refusal(404, 'TRANSACTION_DOES_NOT_EXIST'),
    )
  })
})

describe('the bank’s day limit', () => {
  const present = { 'psu-ip-address': '192.0.2.7', 'psu-user-agent': 'Spec' }

  it('is four unattended calls of a kind and account; further pages and the present user’s are free', async () => {
    const { uids } = await client.link()
    const balances = (headers = {}, uid = uids[0]) =>
      client.call('GET', `/accounts/${uid}/balances`, undefined, headers)
    for (let n = 0; n < 4; n++) {
      expect((await balances()).status).toBe(200)
      expect((await balances(present)).status).toBe(200)
    }
    expect(await balances()).toMatchObject(refusal(429, 'ASPSP_RATE_LIMIT_EXCEEDED'))
    expect((await balances(present)).status).toBe(200)
    expect((await balances({}, uids[1])).status).toBe(200)
    for (let n = 0; n < 4; n++) await pagesOf(uids[0], `date_from=${dayBefore(600)}`)
    expect(await client.call('GET', `/accounts/${uids[0]}/transactions`)).toMatchObject(
      refusal(429, 'ASPSP_RATE_LIMIT_EXCEEDED'),
    )
    await advance(1)
    expect((await balances()).status).toBe(200)
  })

  it('counts nobody as present whose headers are not all there', async () => {
    const { uids } = await client.link()
    const path = `/accounts/${uids[0]}/balances`
    for (const [name, value] of Object.entries({ 'psu-ip-address': '192.0.2.7', 'psu-referer': 'https://x.example' })) {
      expect(await client.call('GET', path, undefined, { [name]: value })).toMatchObject(
        refusal(422, 'PSU_HEADER_NOT_PROVIDED'),
      )
    }
  })
})

describe('the control API', () => {
  it('leads this protocol as it leads the other', async () => {
    const goCardless = await bank.link()
    const { uids, session } = await client.link()
    const { json } = await bank.call('GET', '/__sandbox/accounts')
    const items = json['items'] as Json[]
    expect(items.map(({ id }) => id).sort()).toEqual([...goCardless.accounts, ...uids].sort())
    expect(items.filter(({ session_id }) => session_id === session)).toHaveLength(3)
    const truth = (id: string | undefined) => bank.call('GET', `/__sandbox/truth/${id}`)
    expect((await truth(uids[0])).json).toEqual((await truth(goCardless.accounts[0])).json)

    await bank.call('DELETE', '/__sandbox/calls')
    await client.call('GET', `/accounts/${uids[0]}/balances`)
    const calls = (await bank.call('GET', `/__sandbox/calls?account_id=${uids[0]}&scope=balances`)).json['items']
    expect(calls).toMatchObject([{ method: 'GET', path: `/enable-banking/accounts/${uids[0]}/balances`, status: 200 }])
  })

  it('serves what a test ordered, under every handle of the account and by this protocol alone', async () => {
    const goCardless = await bank.link()
    const [one, other] = [await client.link(), await client.link()]
    const ordered = { transactions: [], continuation_key: null }
    await bank.call('PUT', `/__sandbox/accounts/${one.uids[0]}/payload`, { transactions: ordered })
    expect((await client.call('GET', `/accounts/${other.uids[0]}/transactions`)).json).toEqual(ordered)
    expect((await client.call('GET', `/accounts/${other.uids[1]}/transactions`)).json).not.toEqual(ordered)
    const path = `/api/v2/accounts/${goCardless.accounts[0]}/transactions/`
    expect(Object.keys((await bank.call('GET', path)).json)).toEqual(['transactions', 'last_updated'])
    await bank.call('PUT', `/__sandbox/accounts/${one.uids[0]}/payload`, { transactions: null })
    expect((await client.call('GET', `/accounts/${one.uids[0]}/transactions`)).json).not.toEqual(ordered)
  })

  it('orders faults and denies without a browser', async () => {
    const { uids } = await client.link()
    const body = { message: 'Error interacting with ASPSP', code: 400, error: 'ASPSP_ERROR' }
    const order = { path: '/enable-banking/accounts/*/balances', status: 400, body, times: 1 }
    await bank.call('POST', '/__sandbox/faults', order)
    const answer = await client.call('GET', `/accounts/${uids[0]}/balances`)
    expect([answer.status, answer.json]).toEqual([400, body])
    expect((await client.call('GET', `/accounts/${uids[0]}/balances`)).status).toBe(200)
    const { json } = await client.authorize()
    const denied = await bank.call('POST', `/__sandbox/consents/${String(json['authorization_id'])}`, {
      decision: 'deny',
    })
    expect(new URL(String(denied.json['redirect'])).searchParams.get('error')).toBe('access_denied')
  })

  it('lets the weather strike the first two calls of a day, in this protocol’s words', async () => {
    const { uids } = await client.link()
    await bank.call('POST', '/__sandbox/weather', { seed: 'spec', rate: 1 })
    const tried = async (uid: string | undefined) => {
      try {
        const { status, json } = await client.call('GET', `/accounts/${uid}/balances`)
        return `${status} ${json['error'] ?? ('balances' in json ? 'balances' : 'html')}`
      } catch (error) {
        // Cut in the middle of its JSON, or the connection was dropped.
        return error instanceof SyntaxError ? 'cut' : 'dropped'
      }
    }
    const met = new Set<string>()
    for (let day = 0; day < 12; day++) {
      for (const uid of uids) {
        for (let call = 0; call < 2; call++) met.add(await tried(uid))
        expect(await tried(uid)).toBe('200 balances')
      }
      await advance(1)
    }
    // 200: a slow one, which comes all the same.
    expect([...met].sort()).toEqual([
      '200 balances',
      '400 ASPSP_ERROR',
      '408 ASPSP_TIMEOUT',
      '429 ASPSP_RATE_LIMIT_EXCEEDED',
      '502 html',
      'cut',
      'dropped',
    ])
    await bank.call('POST', '/__sandbox/weather', { seed: 'spec', rate: 0 })
    expect(await tried(uids[0])).toBe('200 balances')
  })

  it('has no row or session of another world after a reset', async () => {
    const { uids, session } = await client.link()
    await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'other' })
    expect(await client.call('GET', `/sessions/${session}`)).toMatchObject(refusal(404, 'SESSION_DOES_NOT_EXIST'))
    expect(await client.call('GET', `/accounts/${uids[0]}/details`)).toMatchObject(
      refusal(404, 'ACCOUNT_DOES_NOT_EXIST'),
    )
  })
})
