/**
 * The built app in a real Chromium, its processor four times slowed: how soon the dashboard of the household stands, how it
 * answers while one types in a search over 200k rows, what it fetches, and what Lighthouse says of it. `--size 10k` for a
 * quicker look at the search. What the pages show is compared with the bank before a time is printed.
 */
import { Client } from '@pf/e2e/client'
import { System } from '@pf/e2e/system'
import { type Line, quantile, report } from '../report.ts'
import { rowsOf, sizeAsked } from '../sizes.ts'
import { openBulkBank, truthOf } from '../system/bulk-bank.ts'
import { completed, expectTruth } from '../system/bulk-space.ts'
import { audited } from '../web/audit.ts'
import { openSlowBrowser, typed, type Visit, visited } from '../web/slow-browser.ts'

const size = sizeAsked()
const visits = 5
const slower = 4
const password = 'correct horse battery'
const lines: Line[] = []
const line = (what: string, measured: string, target = '') => {
  lines.push({ what, measured, target })
  process.stdout.write(`  ${what}: ${measured}\n`)
}
const ms = (value: number) => `${Math.round(value)} ms`
const kb = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`
const median = (of: readonly number[]) => quantile(of, 0.5)

const system = await System.start({ env: { PF_RATE_PER_USER: '0', PF_RATE_PER_ADDRESS: '0' } })
try {
  const household = await Client.registered(system, 'household')
  await household.settled({ connection_id: await household.connectDemoBank() }, 120_000)
  const shown = await expectTruth(system, household)

  const browser = await openSlowBrowser(slower)
  try {
    await browser.signIn(system.web, { username: 'household', password })
    const cold: Visit[] = []
    for (let visit = 0; visit < visits; visit++) cold.push(await visited(browser, system.web))
    const of = (pick: (visit: Visit) => number) => median(cold.map(pick))
    line(
      'dashboard, nothing cached: largest contentful paint, median',
      ms(of((one) => one.largestPaintMs)),
      '≤ 1500 ms',
    )
    line(
      '· the longest task, and all beyond 50 ms together',
      `${ms(of((one) => one.longestTaskMs))}, ${ms(of((one) => one.blockingMs))}`,
    )
    line('· layout shift', of((one) => one.shift).toFixed(3), '≤ 0.1')
    line('· page, styles and scripts until it stands', kb(of((one) => one.bytes.critical)), '≤ 120 KB')
    line('· all of the app, what comes when idle and the font too', kb(of((one) => one.bytes.app)), '≤ 300 KB')
    line('· answers of the API', kb(of((one) => one.bytes.api)))
    const { runs, scores } = await audited(browser, system.web)
    for (const [form, said] of Object.entries(scores))
      line(
        `Lighthouse, ${form}, median of ${runs}: performance / accessibility / best practices`,
        [said.performance, said.accessibility, said.bestPractices].join(' / '),
        '≥ 95 each',
      )
  } finally {
    await browser.close()
  }

  await openBulkBank(system, size)
  await truthOf(system)
  const large = await Client.registered(system, 'large')
  await completed(large, { connection_id: await large.connectDemoBank() }, 200, 900_000)
  const rows = await expectTruth(system, large, 'one of many')
  const searcher = await openSlowBrowser(slower)
  try {
    await searcher.signIn(system.web, { username: 'large', password })
    const typing = await typed(searcher, `${system.web}/transactions`, ['tesco', 'salary', 'coffee', 'rent', 'amazon'])
    line(
      `typing in the search over ${rows.toLocaleString('en')} rows: slowest of ${typing.count} key presses (INP)`,
      ms(typing.slowestMs),
      '≤ 100 ms',
    )
    line('· median', ms(typing.medianMs))
    line('· the longest task', ms(typing.longestTaskMs))
  } finally {
    await searcher.close()
  }
  report(
    'web',
    `Chromium with the processor ${slower} × slowed, ${shown} rows of the household, search over ${rowsOf(size).toLocaleString('en')}`,
    lines,
  )
} finally {
  await system.end()
}
