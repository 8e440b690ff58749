import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumPath, quiet } from '@pf/e2e/browser'
import { freePorts } from '@pf/eventing/testing'
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'

/** A Chromium with a folder and a debugging port of its own; every page made by `page` runs on a slowed processor. */
export type SlowBrowser = {
  port: number
  context: BrowserContext
  page(): Promise<{ page: Page; wire: CDPSession }>
  signIn(web: string, credentials: { username: string; password: string }): Promise<void>
  close(): Promise<void>
}

export async function openSlowBrowser(slower: number): Promise<SlowBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'pf-bench-web-'))
  const [port = 0] = await freePorts(1)
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    args: [...quiet, `--remote-debugging-port=${port}`],
    viewport: { width: 1350, height: 940 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    // A worker that answers from its cache would hide what a first visit costs.
    serviceWorkers: 'block',
  })
  return {
    port,
    context,
    async page() {
      const page = await context.newPage()
      const wire = await context.newCDPSession(page)
      await wire.send('Emulation.setCPUThrottlingRate', { rate: slower })
      return { page, wire }
    },
    async signIn(web, { username, password }) {
      const page = await context.newPage()
      await page.goto(`${web}/sign-in`)
      await page.getByLabel('User name').fill(username)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
      await page.close()
    },
    async close() {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Visit = {
  largestPaintMs: number
  longestTaskMs: number
  /** What tasks took beyond 50 ms each. */
  blockingMs: number
  shift: number
  /** As they came over the wire; `critical` is of the app until its largest paint. */
  bytes: { critical: number; app: number; api: number }
}

type Seen = { paintMs: number; tasks: number[]; shift: number; presses: { id: number; ms: number }[] }
type Watching = { seen: Seen }

/** Runs in the page, before anything else of it. */
function watch(): void {
  const seen: Seen = { paintMs: 0, tasks: [], shift: 0, presses: [] }
  ;(globalThis as unknown as Watching).seen = seen
  const on = (type: string, note: (entry: PerformanceEntry) => void, more: object = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more })
  on('largest-contentful-paint', (entry) => {
    seen.paintMs = entry.startTime
  })
  on('longtask', (entry) => seen.tasks.push(entry.duration))
  on('layout-shift', (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
    if (!hadRecentInput) seen.shift += value
  })
  on(
    'event',
    (entry) => {
      const { interactionId } = entry as PerformanceEntry & { interactionId: number }
      if (interactionId > 0) seen.presses.push({ id: interactionId, ms: entry.duration })
    },
    { durationThreshold: 16 },
  )
}

const seenIn = (page: Page): Promise<Seen> => page.evaluate(() => (globalThis as unknown as Watching).seen)

/** The dashboard with nothing cached, until it is idle and nothing is left to fetch. */
export async function visited(browser: SlowBrowser, url: string): Promise<Visit> {
  const { page, wire } = await browser.page()
  await page.addInitScript(watch)
  await wire.send('Network.enable')
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true })
  const urls = new Map<string, { url: string; at: number; bytes: number }>()
  wire.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) =>
    urls.set(requestId, { url: request.url, at: timestamp * 1000, bytes: 0 }),
  )
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const known = urls.get(requestId)
    if (known) known.bytes = encodedDataLength
  })
  await page.goto(url)
  await page.getByRole('region', { name: 'Latest' }).getByRole('listitem').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
  await page.waitForTimeout(2500)
  const seen = await seenIn(page)
  await page.close()
  const all = [...urls.values()]
  const begin = Math.min(...all.map(({ at }) => at))
  const isApi = ({ url }: { url: string }) => new URL(url).pathname.startsWith('/api')
  const sum = (some: typeof all) => some.reduce((total, { bytes }) => total + bytes, 0)
  const app = all.filter((one) => !isApi(one))
  const isCode = ({ url }: { url: string }) => !/\.(woff2|png|svg|webmanifest)$/.test(new URL(url).pathname)
  return {
    largestPaintMs: seen.paintMs,
    longestTaskMs: Math.max(0, ...seen.tasks),
    blockingMs: seen.tasks.reduce((total, task) => total + Math.max(0, task - 50), 0),
    shift: seen.shift,
    bytes: {
      critical: sum(app.filter((one) => isCode(one) && one.at - begin <= seen.paintMs)),
      app: sum(app),
      api: sum(all.filter(isApi)),
    },
  }
}

export type Typing = { count: number; slowestMs: number; medianMs: number; longestTaskMs: number }

/** Each word letter by letter, as fast as people type, then taken out again. */
export async function typed(browser: SlowBrowser, url: string, words: readonly string[]): Promise<Typing> {
  const { page } = await browser.page()
  await page.addInitScript(watch)
  await page.goto(url)
  await page.getByRole('listitem').first().waitFor()
  await page.waitForTimeout(2000)
  const before = (await seenIn(page)).tasks.length
  const box = page.getByRole('searchbox')
  for (const word of words) {
    await box.pressSequentially(word, { delay: 120 })
    await page.waitForTimeout(600)
    for (const _ of word) await box.press('Backspace', { delay: 40 })
    await page.waitForTimeout(400)
  }
  const { presses, tasks } = await seenIn(page)
  await page.close()
  // One press is several events (keydown, input, keyup): the slowest of them is what a person waits for.
  const slowest = new Map<number, number>()
  for (const { id, ms } of presses) slowest.set(id, Math.max(ms, slowest.get(id) ?? 0))
  const sorted = [...slowest.values()].sort((a, b) => a - b)
  const count = words.reduce((total, word) => total + 2 * word.length, 0)
  if (sorted.length === 0) sorted.push(16)
  return {
    count,
    slowestMs: sorted.at(-1) ?? Number.NaN,
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    longestTaskMs: Math.max(0, ...tasks.slice(before)),
  }
}
