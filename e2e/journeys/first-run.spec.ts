import type { Browser, BrowserContext, Page } from 'playwright-core'
import {
  accessibilityFaults,
  clippedTexts,
  contrastFaults,
  openBrowser,
  openContext,
  screenshot,
  sights,
} from '../src/browser.ts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

const groundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
const credentials = { username: 'sam', password: 'correct horse battery' }

describe('the first five minutes', () => {
  let system: System
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const troubles: string[] = []
  const shifts: { page: string; value: number; moved: string }[] = []

  beforeAll(async () => {
    system = await System.start()
    browser = await openBrowser()
    context = await openContext(browser)
    page = await context.newPage()
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('response', (response) => {
      if (response.status() === 404) troubles.push(`404 ${response.url()}`)
    })
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 401/.test(message.text())) troubles.push(message.text())
    })
    await page.exposeFunction('noteShift', (shift: (typeof shifts)[number]) => shifts.push(shift))
    await page.addInitScript(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const shift = entry as PerformanceEntry & {
            value: number
            hadRecentInput: boolean
            sources: { node?: Element }[]
          }
          if (shift.hadRecentInput) continue
          const moved = shift.sources.map(({ node }) => `${node?.nodeName}.${node?.className}`).join(' ')
          const told = { page: location.pathname, value: shift.value, moved }
          ;(window as unknown as { noteShift(shift: object): void }).noteShift(told)
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await system?.end()
  }, 60_000)

  it('begin at the sign-in page, where a new user registers', async () => {
    await page.goto(system.web)
    await page.getByRole('link', { name: 'Register' }).click()
    await page.getByRole('heading', { name: 'Register' }).waitFor()
    await page.getByLabel('User name').fill(credentials.username)
    await page.getByLabel('Password', { exact: true }).fill(credentials.password)
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('heading', { name: 'Where shall we begin?' }).waitFor()
    await screenshot(page, 'welcome')
  })

  it('lead through the demo bank’s consent page and back', async () => {
    await page.getByRole('button', { name: 'Open the demo bank' }).click()
    await page.waitForURL(`${system.bank}/psd2/**`)
    await screenshot(page, 'consent')
    expect(await accessibilityFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Allow access' }).click()
    await page.waitForURL(`${system.web}/**`)
  })

  it('fill the pages while one watches, without a reload', async () => {
    await page.evaluate(() => {
      ;(window as unknown as { sameDocument: boolean }).sameDocument = true
    })
    const client = new Client(system)
    await client.login(credentials)
    await client.settled({})
    await page.getByRole('link', { name: 'Transactions' }).first().click()
    await page
      .getByText(/TESCO|SAINSBURY|rows/i)
      .first()
      .waitFor()
    expect(await page.evaluate(() => (window as unknown as { sameDocument?: boolean }).sameDocument)).toBe(true)
    expect(await expectTruth(system, client)).toBeGreaterThanOrEqual(900)
  }, 90_000)

  it('keep the filters in the address', async () => {
    const client = new Client(system)
    await client.login(credentials)
    const [account] = await client.accounts()
    await page.goto(`${system.web}/transactions?account_id=${account?.id}&date_from=2026-01-01`)
    await page
      .getByText(account?.name ?? '')
      .first()
      .waitFor()
    await page.reload()
    expect(page.url()).toContain(`account_id=${account?.id}`)
  })

  it('open a figure of spending into its parts, and those into just the rows that it is made of', async () => {
    const client = new Client(system)
    await client.login(credentials)
    await page.goto(`${system.web}/spending`)
    await page
      .getByRole('button', { name: /Groceries in/ })
      .last()
      .click()
    const opened = page.getByRole('region', { name: /^Groceries, / })
    await opened.getByRole('region', { name: 'Where' }).getByRole('link').first().waitFor()
    const figure = await opened.getByRole('link').first().innerText()
    await opened.getByRole('link').first().click()
    await page.waitForURL(/figure=spending/)
    await page
      .getByText(`−${figure.replaceAll('\n', '')}`)
      .first()
      .waitFor()
  }, 60_000)

  it('explain a row down to what the bank sent, by keyboard alone', async () => {
    await page.goto(`${system.web}/transactions`)
    await page.getByRole('list', { name: 'Rows, newest first' }).getByRole('listitem').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    const story = page.getByRole('complementary', { name: 'Explain' })
    await story.getByRole('heading', { name: 'How this number came to be' }).waitFor()
    await story.getByRole('button', { name: 'As the bank sent it' }).first().press('Enter')
    await story.getByText('transactionAmount').waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => !url.search.includes('row='))
  }, 60_000)

  it('show new days as they come from the bank', async () => {
    const client = new Client(system)
    await client.login(credentials)
    // Rows that arrive push a list down, and may; figures change in place.
    await page.goto(system.web)
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 3 })
    const { items } = await client.get<{ items: { id: string }[] }>('/connections')
    const run = await client.expect<{ run_id: string }>(202, 'POST', `/connections/${items[0]?.id}/sync`)
    await client.settled({ run_id: run.run_id })
    await expectTruth(system, client)
  }, 60_000)

  it.each([
    ['Dashboard', '/'],
    ['Accounts', '/accounts'],
    ['Transactions', '/transactions'],
    ['Spending', '/spending'],
    ['Cash flow', '/cash-flow'],
    ['Net worth', '/net-worth'],
    ['Recurring', '/recurring'],
    ['Pipeline', '/pipeline'],
    ['SQL', '/sql'],
    ['Settings', '/settings'],
    ['Connections', '/connections'],
    ['Add a bank', '/connections/add'],
  ])(
    '%s is whole for every eye: light and dark, wide and at 360 px',
    async (title, path) => {
      const name = title.toLowerCase().replaceAll(' ', '-')
      // Opened in the one scheme and turned into the other, as the system does at dusk: only colours differ between them.
      const seen = async (sight: keyof typeof sights, opened: 'light' | 'dark', turned: 'light' | 'dark') => {
        const eye = await context.newPage()
        await eye.setViewportSize(sights[sight])
        await eye.emulateMedia({ colorScheme: opened })
        await eye.goto(`${system.web}${path}`)
        await eye.getByRole('heading', { level: 1, name: title }).waitFor()
        await eye.waitForFunction(() => document.querySelector('[aria-busy="true"], pf-blocks') === null)
        await screenshot(eye, `${name}-${sight}-${opened}`)
        const faults = [...(await accessibilityFaults(eye)), ...(await clippedTexts(eye))]
        const ground = await groundOf(eye)
        await eye.emulateMedia({ colorScheme: turned })
        await eventually(async () => (await groundOf(eye)) !== ground)
        await screenshot(eye, `${name}-${sight}-${turned}`)
        faults.push(...(await contrastFaults(eye)))
        await eye.close()
        return { sight, faults }
      }
      expect(await Promise.all([seen('desktop', 'light', 'dark'), seen('phone', 'dark', 'light')])).toEqual([
        { sight: 'desktop', faults: [] },
        { sight: 'phone', faults: [] },
      ])
    },
    180_000,
  )

  it('hold still: no page jumps by more than a hair', () => {
    const byPage = Map.groupBy(shifts, (shift) => shift.page)
    const jumps = [...byPage].map(([page, all]) => ({ page, sum: all.reduce((sum, { value }) => sum + value, 0), all }))
    expect(jumps.filter(({ sum }) => sum > 0.05)).toEqual([])
  })

  it('go by without an error in the console', () => {
    expect(troubles).toEqual([])
  })

  it('end at sign-out, which the other tab notices', async () => {
    const second = await context.newPage()
    await second.goto(system.web)
    await second.getByRole('heading', { level: 1 }).waitFor()
    await page.goto(system.web)
    await page.getByRole('button', { name: /You and this device/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(/sign-in/)
    await second.waitForURL(/sign-in/)
    await second.close()
  })
})
