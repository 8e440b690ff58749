import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { root } from './system.ts'

const out = join(root, 'e2e', 'out')
const candidates = [
  process.env['PF_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** The machine's Chromium; Playwright's own is never fetched. */
export function chromiumPath(): string {
  const path = candidates.find((candidate) => candidate !== undefined && existsSync(candidate))
  if (path === undefined)
    throw new Error('No Chromium is here: install Debian’s package chromium, or name one in PF_CHROMIUM.')
  return path
}

/** A headless one. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath(), args: quiet })
}

export const sights = { desktop: { width: 1440, height: 1000 }, phone: { width: 360, height: 780 } } as const

export function openContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: sights.desktop, locale: 'en-GB', timezoneId: 'Europe/London' })
}

/** Kept in e2e/out for a critical eye. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(out, { recursive: true })
  // A list of any length is virtual: a full page of it would be mostly empty.
  const fullPage = !page.url().includes('/transactions')
  await page.screenshot({ path: join(out, `${name}.png`), fullPage })
}

/** What axe finds against WCAG 2.2 AA, in a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  return faultsOf(new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']))
}

/** What of that hangs on colours alone: for the other scheme of a page that has been looked at whole. */
export async function contrastFaults(page: Page): Promise<string[]> {
  return faultsOf(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']))
}

async function faultsOf(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))
}

/** Elements whose text is cut off, and a page wider than the screen, in a line each. */
export async function clippedTexts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const faults: string[] = []
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
    if (wide > 0) faults.push(`the page is ${wide} px wider than the screen`)
    for (const element of document.querySelectorAll<HTMLElement>('main *')) {
      const style = getComputedStyle(element)
      const hidesOverflow = style.overflowX === 'hidden' || style.overflowX === 'clip'
      const cut = element.scrollWidth > element.clientWidth + 1
      const shown = element.clientWidth > 1 && style.visibility === 'visible' && style.textOverflow !== 'ellipsis'
      if (hidesOverflow && cut && shown && element.textContent?.trim())
        faults.push(`${element.tagName} ${element.className} is cut`)
    }
    return faults
  })
}
