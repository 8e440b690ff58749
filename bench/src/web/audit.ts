import lighthouse, { desktopConfig } from 'lighthouse'
import { quantile } from '../report.ts'
import type { SlowBrowser } from './slow-browser.ts'

export type Scores = { performance: number; accessibility: number; bestPractices: number }

const runs = 3
/** The stream of notices stays open, so the network never rests: without a bound Lighthouse waits 45 s for it, each time. */
const loadedAfterMs = 12_000

/** Lighthouse on a page of somebody who is signed in in that browser, as a desk and as a phone; the median of three. */
export async function audited(
  browser: SlowBrowser,
  url: string,
): Promise<{ runs: number; scores: Record<string, Scores> }> {
  const scores: Record<string, Scores> = {}
  for (const [form, config] of Object.entries({ desk: desktopConfig, phone: undefined })) {
    const all: Scores[] = []
    for (let run = 0; run < runs; run++) all.push(await auditedOnce(browser.port, url, config))
    const median = (pick: (one: Scores) => number) => quantile(all.map(pick), 0.5)
    scores[form] = {
      performance: median((one) => one.performance),
      accessibility: median((one) => one.accessibility),
      bestPractices: median((one) => one.bestPractices),
    }
  }
  return { runs, scores }
}

async function auditedOnce(port: number, url: string, config: typeof desktopConfig | undefined): Promise<Scores> {
  const flags = {
    port,
    // The session is a cookie: it has to stand.
    disableStorageReset: true,
    maxWaitForLoad: loadedAfterMs,
    onlyCategories: ['performance', 'accessibility', 'best-practices'],
    logLevel: 'error' as const,
  }
  const result = await lighthouse(url, flags, config)
  if (result === undefined) throw new Error(`Lighthouse said nothing of ${url}.`)
  const { categories, runtimeError, finalDisplayedUrl } = result.lhr
  if (runtimeError) throw new Error(`Lighthouse: ${runtimeError.code} ${runtimeError.message}`)
  if (new URL(finalDisplayedUrl).pathname !== new URL(url).pathname)
    throw new Error(`Lighthouse came to ${finalDisplayedUrl}, expected ${url}: is nobody signed in there?`)
  const of = (name: string) => Math.round((categories[name]?.score ?? 0) * 100)
  return { performance: of('performance'), accessibility: of('accessibility'), bestPractices: of('best-practices') }
}
