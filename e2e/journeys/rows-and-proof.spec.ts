import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rest } from '@pf/contracts'
import type { Browser, Page } from 'playwright-core'
import { accessibilityFaults, clippedTexts, openBrowser, openContext, screenshot } from '../src/browser.ts'
import { bank, Client } from '../src/client.ts'
import { fixtures, unpack } from '../src/fixture.ts'
import { System } from '../src/system.ts'

const fixture = '0007-who-you-are'
const { credentials } = JSON.parse(readFileSync(join(fixtures, `${fixture}.json`), 'utf8')) as {
  credentials: { username: string; password: string }
}
/** Of the sandbox bank's bulk scenario: as many rows as are synced in a minute of a busy machine. */
const bulk = { accounts: 5, transactions_per_account: 10_000, days: 730 }
const rowHeight = 44

/** A household of two years with a gap in its proof and a row that waits; then a bank with tens of thousands of rows. */
describe('rows, and what stands behind them', () => {
  let system: System
  let browser: Browser
  let page: Page
  let client: Client
  const troubles: string[] = []

  const signIn = async (as: { username: string; password: string }): Promise<Page> => {
    const signedIn = await (await openContext(browser)).newPage()
    signedIn.on('pageerror', (error) => troubles.push(error.message))
    await signedIn.goto(`${system.web}/sign-in`)
    await signedIn.getByLabel('User name').fill(as.username)
    await signedIn.getByLabel('Password', { exact: true }).fill(as.password)
    await signedIn.getByRole('button', { name: 'Sign in', exact: true }).click()
    await signedIn.waitForURL((url) => !url.pathname.includes('sign-in'))
    return signedIn
  }
  const rows = (of: Page) => of.getByRole('list', { name: 'Rows, newest first' }).getByRole('listitem')

  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pf-e2e-'))
    await unpack(join(fixtures, `${fixture}.tar.zst`), dataDir)
    system = await System.prepare({ dataDir })
    const starting = system.start(240_000)
    browser = await openBrowser()
    await starting
    client = new Client(system)
    await client.login(credentials)
    page = await signIn(credentials)
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await system?.end()
  }, 60_000)

  it('a row is searched, opened and explained down to the bank’s own bytes', async () => {
    await page.goto(`${system.web}/transactions`)
    await rows(page).first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('brightspark')
    await page.waitForURL(/q=brightspark/)
    const found = await client.transactions({ q: 'brightspark' })
    await page.getByRole('status').getByText(`${found.length} rows`).waitFor()
    await rows(page).first().getByRole('link').click()
    const drawer = page.getByRole('complementary', { name: 'Explain' })
    await drawer.getByRole('button', { name: 'As the bank sent it' }).first().click()
    expect(await drawer.locator('pre').first().innerText()).toMatch(/BRIGHTSPARK/)
    expect(await accessibilityFaults(page)).toEqual([])
    await screenshot(page, 'row-explained')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
  }, 60_000)

  it('a gap is found in the accounts, opened on its day and read with its suspects', async () => {
    const account = (await client.accounts()).find(({ proof }) => proof.status === 'gap')
    const { items } = await client.get<Rest.ProofAnswer>(`/accounts/${account?.id}/proof`)
    const gap = items.findLast(({ status, reason }) => status === 'gap' && reason !== 'narrowed')
    await page.goto(`${system.web}/accounts`)
    const link = page.getByRole('main').getByRole('link', { name: 'Gap' })
    await link.and(page.locator(`[href*="${account?.id}"]`)).click()
    const calendar = page.getByRole('region', { name: 'Proof, day by day' })
    await calendar
      .getByRole('button', { name: /differs from the bank/ })
      .last()
      .click()
    const opened = page.getByRole('region', { name: / to / }).filter({ hasText: 'Difference' })
    const difference = Number(gap?.unexplained.amount.replace('-', '')).toFixed(2)
    expect(await opened.innerText()).toContain(difference)
    expect(await opened.getByRole('listitem').count()).toBe(gap?.suspects.length)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await clippedTexts(page)).toEqual([])
    await screenshot(page, 'gap-read')
    await opened
      .getByRole('link', { name: /waits for you/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'To decide' }).waitFor()
  }, 60_000)

  it('the list is worked by the keyboard alone', async () => {
    await page.goto(`${system.web}/transactions`)
    await rows(page).first().waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.closest('pf-row')?.getAttribute('data-index'))
    for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key)
    expect(await focused()).toBe('1')
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('complementary', { name: 'Explain' })
    await drawer.getByRole('heading').first().waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    expect(await focused()).toBe('1')

    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+J')
    await page.getByRole('status').getByText('2 rows selected').waitFor()
    const { items } = await client.get<Rest.TransactionPage>('/transactions?limit=3')
    const cents = items.slice(1).reduce((sum, { amount }) => sum + Math.round(Number(amount.amount) * 100), 0)
    const said = (await page.getByText('2 rows selected').locator('xpath=../..').innerText()).replaceAll(
      /[^\d.\n]/g,
      '',
    )
    expect(said).toContain((Math.abs(cents) / 100).toFixed(2))

    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Explain the row').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await accessibilityFaults(page)).toEqual([])
  }, 60_000)

  it(`${bulk.accounts * bulk.transactions_per_account} rows are scrolled from the first to the last without a jump`, async () => {
    await bank(system, 'POST', '/__sandbox/reset', { scenario: 'bulk', seed: 'scroll', ...bulk })
    const many = { username: 'many-rows', password: credentials.password }
    const owner = await Client.registered(system, many.username)
    await owner.connectDemoBank()
    await owner.settled({}, 200_000)
    const list = await signIn(many)
    await list.goto(`${system.web}/transactions`)
    await list.getByRole('status').getByText('50,000 rows').waitFor()

    // Under the wheel each row stays the row it is: all move by the same way, and none is left out.
    const places = () =>
      list.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('pf-row')]
          .map((row) => ({ index: Number(row.dataset['index']), top: row.getBoundingClientRect().top }))
          .filter(({ top }) => top >= 0 && top < innerHeight),
      )
    const settled = () => list.waitForFunction(() => document.querySelectorAll('pf-row-list .wait').length === 0)
    await list.mouse.move(700, 600)
    for (let step = 0; step < 10; step++) {
      const before = await places()
      await list.mouse.wheel(0, 400)
      await list.waitForFunction(
        (top) => (document.querySelector('pf-row')?.getBoundingClientRect().top ?? top) !== top,
        before[0]?.top,
      )
      await settled()
      const after = await places()
      const moved = new Set(after.map(({ index, top }) => Math.round(top - index * rowHeight)))
      expect(moved.size).toBe(1)
    }

    const linkOf = (id: string | undefined) => list.locator(`pf-row a[href*="row=${id}"]`)
    const oldest = await owner.get<Rest.TransactionPage>('/transactions?sort=date&limit=1')
    await list.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    await linkOf(oldest.items[0]?.id).waitFor()

    const { items: months } = await owner.get<Rest.TransactionMonths>('/transactions/months')
    const [year = 0, month = 0] = (months[14]?.month ?? '').split('-').map(Number)
    const lastDay = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
    const first = await owner.get<Rest.TransactionPage>(`/transactions?date_to=${lastDay}&limit=1`)
    await list.getByRole('button', { name: /Go to a month/ }).click()
    await list.getByRole('menuitem').nth(14).click()
    await list.waitForFunction(
      (id) => document.activeElement?.getAttribute('href')?.includes(`row=${id}`),
      first.items[0]?.id,
    )
    await screenshot(list, 'rows-scrolled')
    await list.context().close()
    expect(troubles).toEqual([])
  }, 300_000)
})
