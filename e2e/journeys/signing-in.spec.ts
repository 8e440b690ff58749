import { readFileSync } from 'node:fs'
import type { Rest } from '@pf/contracts'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { accessibilityFaults, openBrowser, openContext, screenshot } from '../src/browser.ts'
import { Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { totpOf } from '../src/totp.ts'

const password = 'correct horse battery'

describe('signing in', () => {
  let system: System
  let browser: Browser
  const contexts: BrowserContext[] = []
  const troubles: string[] = []

  beforeAll(async () => {
    system = await System.start()
    browser = await openBrowser()
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await system?.end()
  }, 60_000)
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })

  async function newPage(within?: BrowserContext): Promise<Page> {
    const context = within ?? (await openContext(browser))
    if (within === undefined) contexts.push(context)
    const page = await context.newPage()
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 401/.test(message.text())) troubles.push(message.text())
    })
    return page
  }

  async function enter(page: Page, username: string): Promise<void> {
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  async function signIn(page: Page, username: string): Promise<void> {
    await page.goto(`${system.web}/sign-in`)
    await enter(page, username)
    await inside(page)
  }
  async function signOut(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'You and this device' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in**')
  }
  const inside = (page: Page) => page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  const part = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
  const actionsOf = async (client: Client) =>
    (await client.get<{ items: Rest.SecurityEvent[] }>('/auth/audit')).items.map(({ action }) => action)

  it('goes by a passkey of the device: made in settings, and then without name or password', async () => {
    const client = await Client.registered(system, 'sam-with-passkey')
    const page = await newPage()
    const device = await page.context().newCDPSession(page)
    await device.send('WebAuthn.enable')
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    })
    await signIn(page, 'sam-with-passkey')
    await page.goto(`${system.web}/settings`)
    const passkeys = part(page, 'Passkeys')
    await passkeys.getByLabel('Name of the passkey').fill('Phone')
    await passkeys.getByLabel('Your password').fill(password)
    await passkeys.getByRole('button', { name: 'Add a passkey' }).click()
    await passkeys.getByText('never used').waitFor()
    await screenshot(page, 'settings-passkey')
    expect(await accessibilityFaults(page)).toEqual([])

    await signOut(page)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await inside(page)
    await page.goto(`${system.web}/settings`)
    await part(page, 'Passkeys')
      .getByText(/ · used /)
      .waitFor()
    expect((await actionsOf(client)).slice(0, 4)).toEqual(['signed_in', 'signed_out', 'passkey_changed', 'signed_in'])

    // One that its owner's device does not verify, and one that was removed, open nothing.
    await signOut(page)
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('No passkey was used').waitFor()
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
    const [kept] = (await client.get<{ items: Rest.Passkey[] }>('/auth/passkeys')).items
    await client.expect(204, 'DELETE', `/auth/passkeys/${kept?.id}`, { password })
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('That passkey opens nothing here').waitFor()
    expect(troubles).toEqual([])
  }, 120_000)

  it('asks for a second step that was set up in settings, and takes a recovery code for it', async () => {
    await Client.registered(system, 'kim-with-app')
    const page = await newPage()
    await signIn(page, 'kim-with-app')
    await page.goto(`${system.web}/settings`)
    const second = part(page, 'Second step')
    await second.getByLabel('Your password').fill(password)
    await second.getByRole('button', { name: 'Set up an app' }).click()
    await second.getByRole('img', { name: 'The key as a QR code' }).waitFor()
    const key = (await second.locator('dd code').innerText()).replaceAll(' ', '')
    await screenshot(page, 'settings-second-step')
    expect(await accessibilityFaults(page)).toEqual([])
    await second.getByLabel('Code that the app shows now').fill(totpOf(key))
    await second.getByRole('button', { name: 'Turn it on' }).click()
    const codes = second.getByRole('listitem')
    await codes.first().waitFor()
    expect(await codes.count()).toBe(10)
    const recovery = await codes.first().innerText()
    await second.getByRole('button', { name: 'I have them' }).click()
    await second.getByText('10 recovery codes are left').waitFor()

    await signOut(page)
    await enter(page, 'kim-with-app')
    await page.getByLabel('Code').fill(recovery)
    await page.getByRole('button', { name: 'Go on' }).click()
    await inside(page)
    await page.goto(`${system.web}/settings`)
    await part(page, 'Second step').getByText('9 recovery codes are left').waitFor()
    expect(troubles).toEqual([])
  }, 120_000)

  it('stands over tabs: refreshed without a flash, reloaded in the middle of it, ended for all at once', async () => {
    const client = await Client.registered(system, 'sam-of-two-tabs')
    const one = await newPage()
    const other = await newPage(one.context())
    const refreshed = (page: Page) => page.waitForResponse((response) => response.url().endsWith('/auth/refresh'))
    const tabs = [one, other]
    for (const page of tabs) await page.clock.install()
    await signIn(one, 'sam-of-two-tabs')
    for (const page of tabs) {
      await page.goto(`${system.web}/settings`)
      await part(page, 'Sessions').getByText('this one').waitFor()
    }
    // Every part of it, not that one alone.
    await other.waitForFunction(() => document.querySelector('pf-blocks') === null)
    await other.evaluate(() => {
      const flashes: string[] = []
      Object.assign(window, { flashes })
      const watch = new MutationObserver(() => {
        if (document.querySelector('pf-blocks, pf-sign-in') || !document.querySelector('main h1'))
          flashes.push(document.title)
      })
      watch.observe(document.body, { childList: true, subtree: true })
    })

    // A quarter of an hour passes in both: each asks for its next token, one after the other.
    const both = [refreshed(one), refreshed(other)]
    for (const page of tabs) await page.clock.fastForward(14 * 60_000 + 1000)
    for (const answer of await Promise.all(both)) expect(answer.status()).toBe(200)
    await part(other, 'Sessions').getByText('this one').waitFor()
    expect(await other.evaluate(() => (window as unknown as { flashes: string[] }).flashes)).toEqual([])

    // Reloaded as soon as the question is on its way: the answer finds nobody, and the cookie it carried may be lost.
    for (let round = 0; round < 3; round++) {
      const asked = one.waitForRequest((request) => request.url().endsWith('/auth/refresh'))
      const next = refreshed(other)
      for (const page of tabs) await page.clock.fastForward(15 * 60_000)
      await asked
      await one.reload()
      expect((await next).status()).toBe(200)
      await part(one, 'Sessions').getByText('this one').waitFor()
    }
    // Both, and again in the middle of what asks for a token before the app is there: they hold the cookie in common, and
    // whoever asked has gone when the answer comes.
    for (let round = 0; round < 3; round++) {
      const asking = Promise.race(tabs.map((page) => page.waitForRequest(/\/auth\/refresh$/)))
      await Promise.all(tabs.map((page) => page.reload({ waitUntil: 'commit' })))
      await asking
    }
    await Promise.all(tabs.map((page) => page.reload()))
    for (const page of tabs) await part(page, 'Sessions').getByText('this one').waitFor()
    const { items } = await client.get<{ items: Rest.Session[] }>('/auth/sessions')
    expect(items.filter(({ device }) => device?.includes('Linux'))).toHaveLength(1)
    expect(await actionsOf(client)).not.toContain('refresh_reused')

    await signOut(one)
    await other.waitForURL('**/sign-in**')
    await eventually(async () => {
      const open = (await client.get<{ items: Rest.Session[] }>('/auth/sessions')).items
      return open.every(({ device }) => !device?.includes('Linux'))
    })
    await other.reload()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(troubles).toEqual([])
  }, 120_000)

  it('hands over in settings all that there is of the person, as one file', async () => {
    await Client.registered(system, 'sam-who-leaves')
    const page = await newPage()
    await signIn(page, 'sam-who-leaves')
    await page.goto(`${system.web}/settings`)
    const files = part(page, 'Export my data')
    await files.getByRole('button', { name: 'Make a file of everything' }).click()
    await files.getByText(/ · here until /).waitFor()
    await screenshot(page, 'settings-export')
    expect(await accessibilityFaults(page)).toEqual([])
    const downloads = page.waitForEvent('download')
    await files.getByRole('button', { name: /^Save the file/ }).click()
    const file = await downloads
    expect(file.suggestedFilename()).toMatch(/^personal-finances-\d{4}-\d\d-\d\d\.zip$/)
    expect(
      readFileSync(await file.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
    await files.getByRole('button', { name: /^Delete the file/ }).click()
    await files.getByText(/ · here until /).waitFor({ state: 'detached' })
    expect(troubles).toEqual([])
  }, 120_000)

  it('at /docs lets one try a call, on the port of the API and below the web', async () => {
    await Client.registered(system, 'sam-of-the-docs')
    const page = await newPage()
    const box = page.getByRole('form', { name: 'Log in' })
    for (const docs of [`${system.api}/docs`, `${system.web}/api/docs`]) {
      await page.goto(docs)
      await box.getByLabel('User name').fill('sam-of-the-docs')
      for (const [said, answer] of [
        ['not this one', "don't go together"],
        [password, 'Signed in as sam-of-the-docs'],
      ] as const) {
        await box.getByLabel('Password').fill(said)
        await box.getByRole('button', { name: 'Log in' }).click()
        await box.getByText(answer).waitFor()
      }
    }
    await page.getByRole('heading', { name: /^Auth/ }).click()
    const call = page.locator('#operations-Auth-me')
    await call.getByRole('button').first().click()
    await call.getByRole('button', { name: 'Try it out' }).click()
    await call.getByRole('button', { name: 'Execute' }).click()
    await call.locator('.live-responses-table').getByText('"username": "sam-of-the-docs"').waitFor()
    await screenshot(page, 'docs')
    expect(troubles).toEqual([])
  }, 120_000)
})
