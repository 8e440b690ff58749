/**
 * `npm run shots`: every page as a picture in e2e/out/shots, wide and narrow, light and dark, and empty, loading and failed, as
 * the running system makes it so: to be looked at with a critical eye. The bank's calendar stands in the middle of a month, as a
 * month on its first day shows little. `npm run shots -- --docs` also puts those that README and docs show in their place.
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
/** Pages, and what one of them shows besides. */
const views = { ...pages, 'dashboard-year': '/?range=year' }
/** What README and docs show, by the picture's name. */
const documented = {
  'dashboard-desktop-light': 'dashboard',
  'spending-desktop-light': 'spending',
  'dashboard-phone-dark': 'phone',
}

type Sight = keyof typeof sights
type ColorScheme = 'light' | 'dark'
/** Of states: each sight and each theme once, not all four. */
const looks: readonly (readonly [Sight, ColorScheme])[] = [
  ['desktop', 'light'],
  ['phone', 'dark'],
]

async function look(page: Page, sight: Sight, colorScheme: ColorScheme): Promise<void> {
  await page.setViewportSize(sights[sight])
  await page.emulateMedia({ colorScheme })
}

async function settled(page: Page, timeout = 30_000): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], pf-blocks') === null, undefined, {
    timeout,
  })
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
  for (const sight of Object.keys(sights))
    for (const colorScheme of ['light', 'dark'] as const) {
      await look(page, sight as Sight, colorScheme)
      for (const [name, path] of Object.entries(views)) {
        await page.goto(`${system.web}${path}`)
        await settled(page)
        await shoot(page, `${name}-${sight}-${colorScheme}`, sight === 'desktop' && name !== 'transactions')
      }
    }
}

/** What each page shows to whoever has nothing yet. The dashboard leads to the three doors then. */
async function shootEmpty(page: Page, system: System): Promise<void> {
  for (const [sight, colorScheme] of looks) {
    await look(page, sight, colorScheme)
    for (const [name, path] of Object.entries({ ...pages, dashboard: '/welcome' })) {
      await page.goto(`${system.web}${path}`)
      await settled(page)
      await shoot(page, `${name}-empty-${sight}-${colorScheme}`, true)
    }
  }
}

/** The pages before anybody is known. */
async function shootEntry(page: Page, system: System): Promise<void> {
  for (const [sight, colorScheme] of looks) {
    await look(page, sight, colorScheme)
    for (const name of ['sign-in', 'register'] as const) {
      await page.goto(`${system.web}/${name}`)
      await settled(page)
      await shoot(page, `${name}-${sight}-${colorScheme}`, true)
    }
  }
}

/**
 * The services behind the gateway stand still: what each page shows while it waits, and once the gateway has given up. Auth
 * goes on, or there would be no session to wait with. At last no network at all.
 */
async function shootTrouble(page: Page, system: System): Promise<void> {
  const services = ['connection', 'extraction', 'storage', 'analytics'].map((name) => system.pidOf(name))
  for (const pid of services) process.kill(pid, 'SIGSTOP')
  try {
    for (const [sight, colorScheme] of looks) {
      await look(page, sight, colorScheme)
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${system.web}${path}`)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        // Blocks show themselves after 150 ms.
        await page.waitForTimeout(400)
        await shoot(page, `${name}-loading-${sight}-${colorScheme}`, true)
        // A browser asks six things at a time, and the gateway waits some seconds for each.
        await settled(page, 120_000)
        await shoot(page, `${name}-failed-${sight}-${colorScheme}`, true)
      }
    }
  } finally {
    for (const pid of services) process.kill(pid, 'SIGCONT')
  }
  await page.goto(system.web)
  await settled(page)
  await page.context().setOffline(true)
  await page.getByText(/You are offline/).waitFor()
  await shoot(page, 'dashboard-offline', true)
  await page.context().setOffline(false)
}

// Apart, so that some can stand still while others go on.
const system = await System.start({ env: { PF_SERVICES: 'apart' } })
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
  await shootEmpty(fresh, system)
  await shootEntry(await (await browser.newContext({ locale: 'en-GB' })).newPage(), system)
  const page = await signedIn(browser, system, 'household')
  await shootPages(page, system)
  await shootTrouble(page, system)
  if (process.argv.includes('--docs'))
    for (const [name, place] of Object.entries(documented))
      copyFileSync(join(out, `${name}.png`), join(root, 'docs', `${place}.png`))
} finally {
  await browser.close()
  await system.end()
}
