import type { Rest } from '@pf/contracts'
import { asAdministrator, describeWithKeycloak, startKeycloak, type TestKeycloak } from '@pf/service-kit/testing'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openContext } from '../src/browser.ts'
import { Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'

const password = 'correct horse battery'

/** `PF_E2E_KEYCLOAK=url,password`: of the Keycloak that the running system (PF_E2E_RUNNING) has, and of its `admin`. */
function runningKeycloak(): Keycloak | undefined {
  const [url, password] = (process.env['PF_E2E_KEYCLOAK'] ?? '').split(',')
  if (url === undefined || password === undefined) return undefined
  return { url, admin: (...call) => asAdministrator({ url, password }, ...call), end: async () => undefined }
}

type Keycloak = Pick<TestKeycloak, 'url' | 'admin' | 'end'>

/** Both on this machine, each told of the other; or what runs already. */
async function startBoth(folder: string): Promise<{ system: System; keycloak: Keycloak }> {
  const running = runningKeycloak()
  if (running !== undefined) return { system: await System.start(), keycloak: running }
  const env: Record<string, string> = {}
  const system = await System.prepare({ env })
  const keycloak = await startKeycloak(folder, { webUrl: system.web, apiUrl: system.api })
  Object.assign(env, {
    AUTH_MODE: 'keycloak',
    KEYCLOAK_URL: keycloak.url,
    KEYCLOAK_GATEWAY_SECRET: keycloak.gatewaySecret,
    KEYCLOAK_ADMIN_SECRET: keycloak.adminSecret,
  })
  await system.start()
  return { system, keycloak }
}

describeWithKeycloak('the system with Keycloak', (folder) => {
  let system: System
  let keycloak: Keycloak
  let browser: Browser

  beforeAll(async () => {
    ;({ system, keycloak } = await startBoth(folder))
    browser = await openBrowser()
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await system?.end()
    await keycloak?.end()
  }, 60_000)

  const subjectOf = async (username: string) =>
    (await keycloak.admin<{ id: string }[]>('GET', `/users?exact=true&username=${username}`))[0]?.id
  const refused = async (client: Client) =>
    eventually(async () => (await client.call('GET', '/auth/me')).status === 401, 10_000)

  it('takes a script from registration to log-out by the calls that it knows', async () => {
    const sam = await Client.registered(system, 'sam-of-keycloak')
    expect(await sam.get<Rest.AuthConfig>('/auth/config')).toMatchObject({
      mode: 'keycloak',
      keycloak: { url: keycloak.url, realm: 'personal-finances', client_id: 'web' },
    })
    const me = await sam.get<Rest.User>('/auth/me')
    expect(me).toMatchObject({ username: 'sam-of-keycloak', roles: ['user', 'operator'] })
    const old = [...sam.cookies]
    await sam.expect(200, 'POST', '/auth/refresh')
    await sam.expect(200, 'POST', '/auth/refresh')
    const thief = new Client(system)
    thief.cookies = old
    const reused = await thief.call<Rest.Problem>('POST', '/auth/refresh')
    expect([reused.status, reused.body.code]).toEqual([401, 'refresh_reused'])
    await refused(sam)
    await sam.login({ username: 'Sam-of-Keycloak', password })
    expect(await sam.get('/auth/me')).toEqual(me)
    const wrong = await sam.call<Rest.Problem>('POST', '/auth/login', { username: 'sam-of-keycloak', password: 'no' })
    expect([wrong.status, wrong.body.code]).toEqual([401, 'bad_credentials'])
    await sam.expect(200, 'POST', '/auth/logout')
    await refused(sam)
  })

  it("ends a session here within a second of Keycloak's word", async () => {
    const kim = await Client.registered(system, 'kim-of-keycloak')
    await kim.get('/auth/me')
    await keycloak.admin('POST', `/users/${await subjectOf('kim-of-keycloak')}/logout`)
    await refused(kim)
    const forged = await fetch(`${system.api}/auth/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: 'not.a.token' }),
    })
    expect([forged.status, ((await forged.json()) as Rest.Problem).code]).toEqual([400, 'logout_token_invalid'])
  })

  it("lets a person in by Keycloak's form, in all tabs, and out of all of them", async () => {
    const person = { username: 'alex', enabled: true, credentials: [{ type: 'password', value: password }] }
    await keycloak.admin('POST', '/users', person)
    const context = await openContext(browser)
    const page = await context.newPage()
    await page.goto(`${system.web}/transactions`)
    await enter(page, 'alex')
    await page.waitForURL(`${system.web}/transactions`)
    const other = await context.newPage()
    await other.goto(`${system.web}/accounts`)
    for (const tab of [page, other]) await tab.getByRole('navigation').first().waitFor()
    await other.reload()
    await other.getByRole('navigation').first().waitFor()
    await other.goto(`${system.web}/settings`)
    await other.getByRole('link', { name: 'Open your account there' }).click()
    await other.getByRole('heading', { name: 'Signing in' }).waitFor()
    await other.goto(`${system.web}/accounts`)
    await other.getByRole('navigation').first().waitFor()
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('eyJ')

    await page.getByRole('button', { name: 'You and this device' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    for (const tab of [page, other]) await tab.getByRole('button', { name: 'Sign in with Keycloak' }).waitFor()
    expect(await keycloak.admin('GET', `/users/${await subjectOf('alex')}/sessions`)).toEqual([])
    await context.close()
  }, 120_000)

  it('lets nobody in under a name that is somebody else’s here, and says where to change it', async () => {
    await Client.registered(system, 'dora')
    await keycloak.admin('DELETE', `/users/${await subjectOf('dora')}`)
    const person = { username: 'dora', enabled: true, credentials: [{ type: 'password', value: password }] }
    await keycloak.admin('POST', '/users', person)
    const script = new Client(system)
    const entered = await script.call<Rest.Problem>('POST', '/auth/login', { username: 'dora', password })
    expect([entered.status, entered.body.code]).toEqual([403, 'name_unusable'])
    const context = await openContext(browser)
    const page = await context.newPage()
    await page.goto(system.web)
    await enter(page, 'dora')
    await page.getByText('Somebody else has your user name here').waitFor()
    await page.getByRole('button', { name: 'Sign in with Keycloak' }).click()
    await page.locator('#password').waitFor()
    await context.close()
  }, 60_000)

  it('erases a user at Keycloak as well', async () => {
    const max = await Client.registered(system, 'max-of-keycloak')
    await max.expect(202, 'DELETE', '/auth/me', { password }).catch((e) => {
      console.error(system.log('services'))
      throw e
    })
    await refused(max)
    expect(await subjectOf('max-of-keycloak')).toBeUndefined()
  })
})

async function enter(page: Page, username: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Keycloak' }).click()
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await page.locator('#kc-login').click()
}
