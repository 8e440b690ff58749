import type { Rest } from '@pf/contracts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { accessibilityFaults, clippedTexts, openBrowser, openContext, screenshot, sights } from '../src/browser.ts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'

const credentials = { username: 'sam', password: 'correct horse battery' }
const statement = [
  'Date,Description,Amount,Balance',
  '2019-03-01,OPENING BONUS,25.00,25.00',
  '2019-03-02,CORNER SHOP,-3.20,21.80',
].join('\n')

/** What somebody does with it in a year: one system, one browser, in the order of the year. */
describe('a year with it', () => {
  let system: System
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let phone: BrowserContext
  let small: Page
  let client: Client
  let connection: string
  const troubles: string[] = []

  const heading = (name: string | RegExp, of: Page = page) =>
    of.getByRole('heading', { level: 1, name }).waitFor({ timeout: 30_000 })
  const open = async (path: string, name: string) => {
    await page.goto(`${system.web}${path}`)
    await heading(name)
  }
  const signIn = async (to: Page) => {
    await to.goto(`${system.web}/sign-in`)
    await to.getByLabel('User name').fill(credentials.username)
    await to.getByLabel('Password', { exact: true }).fill(credentials.password)
    await to.getByRole('button', { name: 'Sign in', exact: true }).click()
    await heading('Dashboard', to)
  }
  const palette = async (words: string, of: Page = page) => {
    await of.keyboard.press('Control+k')
    await of.getByRole('combobox', { name: 'Find and do' }).fill(words)
  }

  beforeAll(async () => {
    // Whoever comes first runs it; others come by invite.
    system = await System.start({ env: { REGISTRATION: 'invite' } })
    client = await Client.registered(system, credentials.username)
    connection = await client.connectDemoBank()
    await client.settled({ connection_id: connection })
    browser = await openBrowser()
    context = await openContext(browser)
    page = await context.newPage()
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('console', (message) => {
      const expected = /status of (401|409|422|502|503)|ERR_INTERNET_DISCONNECTED/
      if (message.type() === 'error' && !expected.test(message.text())) troubles.push(message.text())
    })
    await signIn(page)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await system?.end()
  }, 60_000)

  it('goes anywhere by a few letters, the keyboard alone', async () => {
    await palette('net wo')
    expect(await accessibilityFaults(page)).toEqual([])
    await screenshot(page, 'palette')
    await page.keyboard.press('Enter')
    await heading('Net worth')
    await palette('TESCO')
    await page.getByRole('option', { name: /^Look for/ }).waitFor()
    await page
      .getByRole('option', { name: /TESCO.*£/i })
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
  }, 60_000)

  it('reads the dashboard beside last year, by its address', async () => {
    await open('/', 'Dashboard')
    await page.getByLabel('Days shown').selectOption('last_month')
    await page.getByLabel('Beside').selectOption('year')
    await page.waitForURL(/range=last_month&against=year/)
    await page.reload()
    await page.getByText('Left of last month').waitFor()
    // The figure opens just its rows: what they add up to is the figure.
    const figure = page.getByRole('region', { name: /^\w+ ?\d*$/ }).first()
    const left = (await figure.getByRole('link').first().innerText()).replaceAll('\n', '')
    await figure.getByRole('link').first().click()
    await page.waitForURL(/figure=cash_flow/)
    await page.getByText(left).first().waitFor()
  }, 60_000)

  it('hides a card on the phone, which the desk then hides too', async () => {
    phone = await browser.newContext({ viewport: sights.phone, hasTouch: true, isMobile: true, locale: 'en-GB' })
    small = await phone.newPage()
    small.on('pageerror', (error) => troubles.push(`phone: ${error.message}`))
    await signIn(small)
    await small.getByRole('button', { name: 'Arrange' }).tap()
    await small.getByRole('checkbox', { name: 'Latest' }).tap()
    await small.getByText('Latest is hidden.').waitFor()
    await small.getByRole('button', { name: 'Take back' }).tap()
    await small.getByRole('region', { name: 'Latest' }).waitFor()
    await small.getByRole('checkbox', { name: 'Latest' }).tap()
    expect(await accessibilityFaults(small)).toEqual([])
    await open('/', 'Dashboard')
    await eventually(async () => (await page.getByRole('region', { name: 'Latest' }).count()) === 0)
    await small.getByRole('button', { name: 'More' }).tap()
    await small.getByRole('menuitem', { name: 'Connections' }).tap()
    await heading('Connections', small)
  }, 90_000)

  it('adds up rows on the phone by the finger: one that rests begins, then each tap is one more', async () => {
    await small.getByRole('link', { name: 'Transactions' }).tap()
    const rows = small.getByRole('list', { name: 'Rows, newest first' }).locator('pf-row')
    await rows.nth(4).waitFor()
    const wire = await phone.newCDPSession(small)
    const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
      wire.send('Input.dispatchTouchEvent', { type, touchPoints })
    const at = async (row: number) => {
      const { x = 0, y = 0, height = 0 } = (await rows.nth(row).boundingBox()) ?? {}
      return { x: x + 100, y: y + height / 2 }
    }
    await finger('touchStart', await at(1))
    await small.getByText('1 row selected').waitFor()
    await finger('touchEnd')
    await rows.nth(3).tap()
    await small.getByText('2 rows selected').waitFor()
    expect(new URL(small.url()).search).toBe('')
    const ticked = small.getByRole('checkbox', { checked: true })
    expect(await ticked.count()).toBe(2)
    const { items } = await client.get<Rest.TransactionPage>('/transactions?limit=4')
    const cents = [items[1], items[3]].reduce((sum, row) => sum + Math.round(Number(row?.amount.amount) * 100), 0)
    const said = await small.locator('pf-totals').getByRole('status').innerText()
    expect(said.replaceAll(/[^\d.]/g, '')).toContain((Math.abs(cents) / 100).toFixed(2))
    expect(await accessibilityFaults(small)).toEqual([])
    expect(await clippedTexts(small)).toEqual([])
    await screenshot(small, 'rows-selected-by-finger')

    // A finger that moves scrolls, however long it stays; the sum stays in sight.
    const from = await at(4)
    await finger('touchStart', from)
    for (let step = 1; step <= 8; step++) await finger('touchMove', { x: from.x, y: from.y - step * 40 })
    await small.waitForFunction(() => scrollY > 200)
    await finger('touchEnd')
    await rows.nth(12).tap()
    await small.getByText('3 rows selected').waitFor()
    await small.getByRole('button', { name: 'Clear selection' }).tap()
    await ticked.first().waitFor({ state: 'detached' })
    await rows.nth(12).tap()
    await small.getByRole('complementary', { name: 'Explain' }).waitFor()
    await phone.close()
  }, 90_000)

  it('says of what kind an account is, and every page holds to it', async () => {
    const account = (await client.accounts()).find(({ kind }) => kind === 'current')
    const kinds = async () => {
      await open('/accounts', 'Accounts')
      await page.getByRole('button', { name: `Rename, sort or hide ${account?.name}` }).click()
      await page.getByRole('menuitem', { name: 'Kind' }).click()
    }
    await kinds()
    await page.getByRole('menuitemradio', { name: 'Loan' }).click()
    await page.getByText(`${account?.name} counts as a loan now.`).waitFor()
    await page.reload()
    const loans = page.getByRole('region', { name: 'Loans' })
    await loans.getByRole('link', { name: account?.name }).click()
    await page.getByText('Owed, booked').waitFor()
    await open('/', 'Dashboard')
    await page.getByText('Owed on loans').waitFor()
    await kinds()
    await page.getByRole('menuitem', { name: 'As the bank says' }).click()
    await loans.waitFor({ state: 'detached' })
  }, 60_000)

  it('opens without a network, says so, and keeps no answer of the API', async () => {
    await open('/', 'Dashboard')
    await eventually(
      () =>
        page.evaluate(async () => {
          await navigator.serviceWorker.ready
          return (await caches.match('/index.html')) !== undefined
        }),
      60_000,
    )
    await context.setOffline(true)
    await page.getByText(/^You are offline\. Figures are as of/).waitFor()
    await page.reload()
    await page.getByText('You are offline. No figures are kept on this device').waitFor({ timeout: 30_000 })
    await page.getByRole('link', { name: 'Transactions' }).first().waitFor()
    await screenshot(page, 'offline')
    const kept = await page.evaluate(async () => {
      const caught = (await caches.keys()).map(async (name) => (await caches.open(name)).keys())
      return (await Promise.all(caught)).flat().map(({ url }) => new URL(url).pathname)
    })
    expect(kept).toContain('/index.html')
    expect(kept.filter((path) => path.startsWith('/api'))).toEqual([])
    await context.setOffline(false)
    await page.getByRole('region', { name: 'Accounts' }).getByRole('listitem').first().waitFor({ timeout: 60_000 })
    await eventually(async () => (await page.getByText(/^You are offline/).count()) === 0, 60_000)
  }, 150_000)

  it('brings in a statement file and takes it back', async () => {
    await open('/imports', 'Statement files')
    await page.getByLabel('Account', { exact: true }).selectOption('new')
    await page.getByLabel('Name of the account').fill('Old savings')
    await page.locator('input[type=file]').setInputFiles({
      name: 'old.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(statement),
    })
    await page.getByRole('button', { name: 'Import 2 rows' }).click()
    await page.getByText('old.csv is in.').waitFor({ timeout: 30_000 })
    const rows = async () => (await client.transactions({ q: 'CORNER SHOP', date_to: '2019-12-31' })).length
    await eventually(async () => (await rows()) === 1, 30_000)
    await page.getByRole('button', { name: 'Take back old.csv' }).click()
    await page.getByText('taken back').first().waitFor({ timeout: 30_000 })
    await eventually(async () => (await rows()) === 0, 30_000)
  }, 120_000)

  it('watches a rebuild to its end', async () => {
    await open('/pipeline', 'Pipeline')
    await page.getByRole('button', { name: 'Rebuild the marts' }).click()
    const card = page.getByRole('region', { name: 'Rebuild' })
    await card.getByText(/Nothing differs|Something differs/).waitFor({ timeout: 60_000 })
    const { items } = await client.get<{ items: Rest.Rebuild[] }>('/analytics/rebuilds')
    expect(items[0]?.comparison).toBeTruthy()
  }, 90_000)

  it('hears of a bank that is down, in words, and that nothing is lost', async () => {
    const before = (await client.transactions()).length
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 2 })
    await bank(system, 'POST', '/__sandbox/faults', [
      {
        path: '/api/v2/accounts/',
        status: 503,
        body: '{"detail":"down"}',
        headers: { 'content-type': 'application/json' },
      },
    ])
    await open('/', 'Dashboard')
    await palette('sync all')
    await page.keyboard.press('Enter')
    const needs = page.getByRole('region', { name: 'Needs you' })
    await needs.getByText(/did not answer as it should/).waitFor({ timeout: 60_000 })
    await needs.getByRole('link', { name: 'See what happened' }).click()
    await heading('Connections')
    await page.getByText('Sync failed').first().waitFor()
    await screenshot(page, 'bank-down')
    expect(await client.transactions()).toHaveLength(before)
    await bank(system, 'DELETE', '/__sandbox/faults')
  }, 120_000)

  it('renews a consent before it ends, at the bank and back', async () => {
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 170 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await open('/transactions?q=TESCO&direction=out', 'Transactions')
    await page.getByRole('link', { name: 'Connections' }).click()
    await heading('Connections')
    await page.getByText('Ends soon').first().waitFor({ timeout: 60_000 })
    expect(await accessibilityFaults(page)).toEqual([])
    await screenshot(page, 'consent-ends-dark')
    await page.getByRole('button', { name: 'Renew' }).first().click()
    await page.waitForURL(`${system.bank}/psd2/**`)
    await page.getByRole('button', { name: 'Allow access' }).click()
    await page.waitForURL(`${system.web}/**`)
    await page.getByText(/is connected\. Its rows are arriving/).waitFor({ timeout: 30_000 })
    // Where one was before, its filter with it.
    await heading('Transactions')
    expect(new URL(page.url()).search).toBe('?q=TESCO&direction=out')
    const { consent, status } = await client.get<Rest.Connection>(`/connections/${connection}`)
    expect(status).toBe('active')
    expect(Date.parse(consent?.expires_at ?? '')).toBeGreaterThan(Date.now() + 300 * 86_400_000)
  }, 120_000)

  it('lets somebody else in by a link, who begins with nothing of theirs', async () => {
    await open('/settings', 'Settings')
    const card = page.getByRole('region', { name: 'Invites' })
    await card.getByRole('button', { name: 'Make an invite' }).click()
    const link = await card.getByText(/register\?invite=/).innerText()
    const theirs = await (await openContext(browser)).newPage()
    await theirs.goto(link)
    await theirs.getByLabel('User name').fill('kim')
    await theirs.getByLabel('Password', { exact: true }).fill(credentials.password)
    await theirs.getByRole('button', { name: 'Register' }).click()
    await theirs.getByRole('button', { name: 'Open the demo bank' }).waitFor()
    await theirs.goto(`${system.web}/connections`)
    await heading('Connections', theirs)
    expect(await theirs.getByRole('button', { name: 'Renew' }).count()).toBe(0)
    await theirs.context().close()
  }, 60_000)

  it('goes by without an error in the console', () => {
    expect(troubles).toEqual([])
  })
})
