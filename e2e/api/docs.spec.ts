import type { Browser } from 'playwright-core'
import { openBrowser, openContext, screenshot } from '../src/browser.ts'
import { Client } from '../src/client.ts'
import { Names, type Sent, stepsOf } from '../src/documented.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'

/** In the order of docs/api/README.md: what a page learnt, later ones use. */
const pages =
  'conventions connections accounts transactions analytics imports identity exports preferences operations'.split(' ')

describe('what docs/api shows', () => {
  let system: System
  let sam: Client
  let links: Map<string, string>
  const names = new Names()

  beforeAll(async () => {
    system = await System.start()
    // The first user is the operator; the pages are any other's.
    await Client.registered(system, 'operator')
    sam = await Client.registered(system)
    links = new Map()
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  async function send(client: Client, { method, path, headers, body, upload }: Sent) {
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, names.filled(value)]))
    if (upload !== undefined) return await client.importFile(body, headers, upload)
    const answer = await client.call(method, names.filled(path), body === '' ? undefined : names.filled(body), filled)
    const { id, link } = (answer.body ?? {}) as { id?: string; link?: string }
    if (id !== undefined && link !== undefined) links.set(id, link)
    return answer
  }

  async function follow(page: string, client: Client): Promise<number> {
    const steps = stepsOf(page)
    for (const step of steps) {
      if ('consent' in step) {
        const [decision, id = ''] = names.filled(step.consent).split(' ')
        await client.consent(links.get(id) ?? '', decision as 'grant' | 'deny')
        continue
      }
      const { sent, line, status, answer: shown } = step
      const once = async () => {
        const answer = await send(client, sent)
        const at = `docs/api/${page}.md:${line}: ${sent.method} ${sent.path}`
        if (answer.status !== status) throw new Error(`${at} answers ${answer.status} ${JSON.stringify(answer.body)}`)
        try {
          if (shown !== undefined) names.compare(localised(shown), answer.body)
        } catch (error) {
          throw new Error(`${at}: ${error instanceof Error ? error.message : error}`)
        }
        return true
      }
      // What is read may have to arrive first: a sync takes its time.
      if (sent.method === 'GET') await eventually(once, 60_000)
      else await once()
    }
    return steps.length
  }
  /** Pages name the usual ports. */
  const localised = (shown: unknown): unknown =>
    JSON.parse(JSON.stringify(shown).replaceAll('http://localhost:8010', system.bank))

  it('auth: is what happens', async () => {
    names.set('username', 'pages')
    expect(await follow('auth', new Client(system))).toBeGreaterThan(10)
  }, 60_000)

  it.each(pages)(
    '%s: is what happens',
    async (page) => {
      expect(await follow(page, sam)).toBeGreaterThan(0)
    },
    120_000,
  )

  describe('the page /docs', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openBrowser()
    }, 60_000)
    afterAll(() => browser?.close())

    it.each([
      ['the API’s own port', () => system.api],
      ['the web’s origin', () => `${system.web}/api`],
    ])(
      'lets one log in and try, at %s',
      async (at, base) => {
        const context = await openContext(browser)
        try {
          const page = await context.newPage()
          const faults: string[] = []
          page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
          page.on('pageerror', (error) => faults.push(error.message))
          await page.goto(`${base()}/docs`)
          await page.getByLabel('User name').fill('operator')
          await page.getByLabel('Password').fill('correct horse battery')
          await page.getByRole('button', { name: 'Log in' }).click()
          await page.getByText('Signed in as operator').waitFor()
          await page.locator('#operations-tag-Auth').click()
          const operation = page.locator('#operations-Auth-me')
          await operation.getByRole('button').first().click()
          await operation.getByRole('button', { name: 'Try it out' }).click()
          await operation.getByRole('button', { name: 'Execute' }).click()
          await operation.locator('.live-responses-table').getByText('"username": "operator"').waitFor()
          await screenshot(page, `docs-${at.includes('API') ? 'api' : 'web'}`)
          expect(faults).toEqual([])
        } finally {
          await context.close()
        }
      },
      90_000,
    )
  })
})
