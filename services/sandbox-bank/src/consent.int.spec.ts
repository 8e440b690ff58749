import { callerOf, newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

const folder = newFolder()
let bank: RunningBank
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})

const request = async (institution_id = 'SANDBOXFINANCE_SFIN0000') => {
  const { json } = await bank.call('POST', '/api/v2/requisitions/', {
    institution_id,
    redirect: 'https://app.example/back?via=bank',
  })
  return { id: String(json['id']), link: String(json['link']), reference: String(json['reference']) }
}
const statusOf = async (id: string) => (await bank.call('GET', `/api/v2/requisitions/${id}/`)).json['status']
const decide = (link: string, decision: string, headers: Record<string, string> = {}) =>
  fetch(link, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision }), headers })

describe('the consent page', () => {
  it('says whose demo it is, what is shared and until when, and works without a script', async () => {
    const { link } = await request()
    const response = await fetch(link)
    const html = await response.text()
    for (const words of [
      'demo bank',
      'Joint current account',
      'NORA ASHDOWN &amp; THEO MARCHETTI',
      'app.example',
      'Allow access',
      'Cancel',
      'Make it fail',
    ]) {
      expect(html).toContain(words)
    }
    expect(html).toMatch(/<dt>Until<\/dt><dd>\d{1,2} [A-Z][a-z]+ \d{4}<\/dd>/)
    expect(html).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example")
  })

  it('leads back with the reference once access is allowed', async () => {
    const { id, link, reference } = await request()
    expect(await statusOf(id)).toBe('CR')
    await fetch(link)
    expect(await statusOf(id)).toBe('GC')
    const response = await decide(link, 'grant')
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `https://app.example/back?via=bank&ref=${reference}`,
    ])
    const { json } = await bank.call('GET', `/api/v2/requisitions/${id}/`)
    expect(json['status']).toBe('LN')
    expect(json['accounts']).toHaveLength(3)
  })

  it.each([
    ['UserCancelledSession', 'User+cancelled+the+session.'],
    ['UnknownError', 'An+unknown+error+occurred.'],
    [
      'InstitutionTechnicalError',
      'A+technical+error+occurred+while+trying+to+connect+to+the+institution%2C+please+try+again.',
    ],
    ['InstitutionTimeoutError', 'A+timeout+occurred+while+trying+to+connect+to+the+institution%2C+please+try+again.'],
  ])('leads back with %s and leaves nothing linked', async (error, details) => {
    const { id, link, reference } = await request()
    const location = (await decide(link, error)).headers.get('location')
    expect(location).toBe(`https://app.example/back?via=bank&ref=${reference}&error=${error}&details=${details}`)
    expect((await bank.call('GET', `/api/v2/requisitions/${id}/`)).json).toMatchObject({ status: 'RJ', accounts: [] })
  })

  it('says when its link was used and changes nothing', async () => {
    const { id, link } = await request()
    await decide(link, 'UserCancelledSession')
    const page = await fetch(link)
    expect([page.status, await page.text()]).toEqual([410, expect.stringContaining('error=RequisitionLinkReused')])
    expect((await decide(link, 'grant')).headers.get('location')).toContain('error=RequisitionLinkReused')
    expect(await statusOf(id)).toBe('RJ')
  })

  it('takes no decision from another site, nor one it does not know', async () => {
    const { id, link } = await request()
    expect((await decide(link, 'grant', { origin: 'https://evil.example' })).status).toBe(400)
    expect((await decide(link, 'toString')).status).toBe(400)
    expect(await statusOf(id)).toBe('CR')
  })

  it('links a bank that holds nothing with no accounts', async () => {
    const { id, link } = await request('STARLING_SRLGGB3L')
    await decide(link, 'grant')
    await decide(link, 'grant')
    expect((await bank.call('GET', `/api/v2/requisitions/${id}/`)).json).toMatchObject({ status: 'LN', accounts: [] })
  })

  it('is not there for a requisition that is not', async () => {
    const { id, link } = await request()
    await bank.call('DELETE', `/api/v2/requisitions/${id}/`)
    expect((await fetch(link)).status).toBe(404)
    expect((await decide(link, 'grant')).status).toBe(404)
  })
})

describe('a second consent', () => {
  it('gives the same accounts new ids, the truth answers to both', async () => {
    await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'again' })
    const [first, second] = [await bank.link(), await bank.link()]
    expect(first.accounts.filter((id) => second.accounts.includes(id))).toEqual([])
    const truth = async (id: string | undefined) => (await bank.call('GET', `/__sandbox/truth/${id}`)).text
    expect(await truth(first.accounts[0])).toBe(await truth(second.accounts[0]))
    await bank.call('DELETE', `/api/v2/requisitions/${first.requisition}/`)
    expect(await truth(first.accounts[0])).toBe(await truth(second.accounts[0]))
  })

  it('keeps the ids where the bank is told to', async () => {
    await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'again', account_ids: 'same' })
    expect((await bank.link()).accounts).toEqual((await bank.link()).accounts)
  })
})

describe('an expired consent', () => {
  it('answers 401 with its agreement and is shown as expired', async () => {
    await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'x', as_of: '2026-01-10T10:00:00Z' })
    const { requisition, accounts } = await bank.link({ access_valid_for_days: 90 })
    await bank.call('POST', '/__sandbox/clock', { advance_days: 91 })
    const { call } = await callerOf(bank.url)
    const late = await call('GET', `/api/v2/accounts/${accounts[0]}/transactions/`)
    expect(late.status).toBe(401)
    expect(late.json['summary']).toMatch(/^End User Agreement \(EUA\) [0-9a-f-]{36} has expired$/)
    expect(late.json['detail']).toMatch(
      /^EUA was valid for 90 days and it expired at 2026-04-10 10:00:\d\d\.\d{6}\+00:00\. The end user must connect the account once more with new EUA and Requisition$/,
    )
    expect((await call('GET', `/api/v2/requisitions/${requisition}/`)).json).toMatchObject({ status: 'EX', accounts })
    expect((await call('GET', `/api/v2/accounts/${accounts[0]}/`)).json['status']).toBe('EXPIRED')
  })
})
