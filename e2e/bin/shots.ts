/**
 * `npm run shots`: every page as a picture in e2e/out/shots, wide and narrow, light and dark, and the dashboard empty, loading,
 * failed and offline: to be looked at with a critical eye. The bank's calendar stands in the middle of a month, as a month on its
 * first day shows little. `npm run shots -- --docs` also puts those that README and docs show in their place.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, sights } from '../src/browser.ts'
import { bank, Client } from '../src/client.ts'
import { root, System } from '../src/system.ts'

const out = join(root, 'e2e', 'out', 'shots')
const password = 'correct horse battery'
const middle = 18
const pages: Readonly<Record<string, string>> = {
  dashboard: '/',
  'dashboard-year': '/?range=year',
  accounts: '/accounts',
  transactions: '/transactions',
  spending: '/spending',
  'cash-flow': '/cash-flow',
  'net-worth': '/net-worth',
  recurring: '/recurring',
  connections: '/connections',
  'add-a-bank': '/connections/add',
  'provider-setup': '/connections/setup',
  imports: '/imports',
  held: '/held',
  pipeline: '/pipeline',
  sql: '/sql',
  settings: '/settings',
}
/** What README and docs show, by the picture's name. */
const documented = {
  'dashboard-desktop-light': 'dashboard',
  'spending-desktop-light': 'spending',
  'dashboard-phone-dark': 'phone',
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], pf-blocks') === null)
  await page.evaluate(() => document.fonts.ready)
}

async function signedIn(browser: Browser, system: System, username: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: sights.desktop,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    deviceScaleFactor: 1,
  })
  const page = await context.newPage()
  await page.goto(`${system.web}/sign-in`)
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.includes('sign-in'))
  return page
}

/** A list of any length is virtual, and a bar at the screen's foot stands in the middle of a long picture: those as seen. */
async function shoot(page: Page, name: string, whole: boolean): Promise<void> {
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: whole })
  process.stdout.write(`${name}\n`)
}

async function shootPages(page: Page, system: System): Promise<void> {
  for (const [sight, viewport] of Object.entries(sights))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${system.web}${path}`)
        await settled(page)
        await shoot(page, `${name}-${sight}-${colorScheme}`, sight === 'desktop' && name !== 'transactions')
      }
    }
}

/** The answers of the API are held back, refused, or do not come: what a page shows then. */
async function shootStates(page: Page, system: System): Promise<void> {
  const answers = '**/api/{accounts,connections,transactions,analytics,held,syncs}**'
  await page.setViewportSize(sights.desktop)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.route(answers, () => undefined)
  await page.goto(system.web)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForTimeout(400)
  await shoot(page, 'dashboard-loading', true)
  await page.unroute(answers)
  const refusal = { status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","status":503}' }
  await page.route(answers, (route) => route.fulfill(refusal))
  await page.goto(system.web)
  await page.getByRole('alert').first().waitFor()
  await shoot(page, 'dashboard-failed', true)
  await page.unroute(answers)
  await page.goto(system.web)
  await settled(page)
  await page.context().setOffline(true)
  await page.getByText(/You are offline/).waitFor()
  await shoot(page, 'dashboard-offline', true)
  await page.context().setOffline(false)
}

const system = await System.start()
const browser = await openBrowser()
try {
  mkdirSync(out, { recursive: true })
  const household = await Client.registered(system, 'household')
  const connection = await household.connectDemoBank()
  await household.settled({ connection_id: connection })
  const today = new Date().getUTCDate()
  const monthDays = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 0)).getUTCDate()
  const days = (middle - today + monthDays) % monthDays
  if (days > 0) {
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: days })
    const run = await household.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
    await household.settled({ run_id: run.run_id })
  }
  await Client.registered(system, 'newcomer')
  const fresh = await signedIn(browser, system, 'newcomer')
  await fresh.getByRole('heading', { name: 'Where shall we begin?' }).waitFor()
  await shoot(fresh, 'welcome', true)
  for (const name of ['transactions', 'spending', 'accounts', 'connections'] as const) {
    await fresh.goto(`${system.web}${pages[name]}`)
    await settled(fresh)
    await shoot(fresh, `${name}-empty`, true)
  }
  const page = await signedIn(browser, system, 'household')
  await shootPages(page, system)
  await shootStates(page, system)
  if (process.argv.includes('--docs'))
    for (const [name, place] of Object.entries(documented))
      copyFileSync(join(out, `${name}.png`), join(root, 'docs', `${place}.png`))
} finally {
  await browser.close()
  await system.end()
}
