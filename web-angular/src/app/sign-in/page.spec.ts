import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { Component } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { provideRouter, Router, withComponentInputBinding } from '@angular/router'
import { RouterTestingHarness } from '@angular/router/testing'
import { device, sent } from '../../testing/device.ts'
import { json, problem, serve, until } from '../../testing/server.ts'
import { inside } from '../api/guards.ts'
import { Problem } from '../api/problem.ts'
import { Session } from '../api/session.ts'
import type { AuthConfig } from '../api/types.ts'
import { SignInPage } from './page.ts'

@Component({ template: '<h1>inside</h1>' })
class Inside {}

describe('signing in', () => {
  let server: ReturnType<typeof serve>

  const open = async (
    url: string,
    login: () => Response,
    second?: () => Response,
    more: Parameters<typeof serve>[0] = {},
    config?: Pick<AuthConfig, 'mode'>,
  ) => {
    server = serve({
      ...more,
      'POST /auth/login': login,
      ...(second ? { 'POST /auth/login/mfa': second } : {}),
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
    })
    TestBed.configureTestingModule({
      providers: [
        provideRouter(
          [
            { path: 'sign-in', component: SignInPage, data: { config } },
            { path: '**', component: Inside },
          ],
          withComponentInputBinding(),
        ),
      ],
    })
    const page = await RouterTestingHarness.create(url)
    const loader = TestbedHarnessEnvironment.loader(page.fixture)
    const type = (label: string, text: string) => {
      const element = page.routeNativeElement as HTMLElement
      const id = [...element.querySelectorAll('label')].find((one) => one.textContent === label)?.htmlFor
      const field = element.querySelector<HTMLInputElement>(`#${id}`)
      if (!field) throw new Error(`Found no field with the label ${label}.`)
      field.value = text
    }
    const fill = async (name: string, password: string) => {
      type('User name', name)
      type('Password', password)
      await (await loader.getHarness(MatButtonHarness.with({ text: 'Sign in' }))).click()
    }
    const alert = () => page.routeNativeElement?.querySelector('[role=alert]')?.textContent ?? ''
    return { page, loader, type, fill, alert }
  }

  afterEach(() => {
    localStorage.clear()
    server.stop()
  })

  it('never says which of the two was wrong', async () => {
    const { fill, alert } = await open('/sign-in', () => problem(401, 'bad_credentials', 'No such user'))
    await fill('sam', 'not the one')
    await until(() => alert() !== '')
    expect(alert()).toContain('That name and password don’t go together')
  })

  it('says where somebody signs in from now on who is being moved', async () => {
    const words = 'Your data is being moved to https://two.example. Sign in there.'
    const { fill, alert } = await open('/sign-in', () => problem(403, 'space_moved', words))
    await fill('sam', 'correct horse battery')
    await until(() => alert() !== '')
    expect(alert()).toContain(words)
  })

  it('goes where the person wanted to go', async () => {
    const { fill } = await open('/sign-in?next=%2Ftransactions%3Fq%3Dtea', () =>
      json({ access_token: 't', expires_in: 900 }),
    )
    await fill('sam', 'correct horse')
    await until(() => TestBed.inject(Router).url === '/transactions?q=tea')
    expect(server.calls[0]?.body).toEqual({ username: 'sam', password: 'correct horse' })
  })

  it('asks nobody while a field is empty', async () => {
    const { fill, alert } = await open('/sign-in', () => json({}))
    await fill('sam', '')
    expect(alert()).toContain('Enter your user name')
    expect(server.calls).toEqual([])
  })

  it.each([
    ['123 456', { code: '123456' }],
    ['ABCD-EFGH-2345', { recovery_code: 'ABCD-EFGH-2345' }],
  ])('asks for a second factor where one is set up, and takes %s', async (said, proof) => {
    const required = () => json({ title: 'x', status: 401, code: 'mfa_required', detail: 'x', mfa_token: 'once' }, 401)
    const { page, loader, type, fill } = await open('/sign-in', required, () =>
      json({ access_token: 't', expires_in: 900 }),
    )
    await fill('sam', 'correct horse')
    await until(() => {
      page.detectChanges()
      return (page.routeNativeElement?.textContent ?? '').includes('One more step')
    })
    type('Code', said)
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Go on' }))).click()
    await until(() => TestBed.inject(Router).url === '/')
    const asked = server.calls.find((call) => call.path === '/auth/login/mfa')
    expect(asked?.body).toEqual({ mfa_token: 'once', ...proof })
  })

  it('asks for name and password again when the second step took too long', async () => {
    const required = () => json({ title: 'x', status: 401, code: 'mfa_required', detail: 'x', mfa_token: 'once' }, 401)
    const { page, loader, type, fill, alert } = await open('/sign-in', required, () =>
      problem(401, 'mfa_token_invalid'),
    )
    await fill('sam', 'correct horse')
    await until(() => {
      page.detectChanges()
      return (page.routeNativeElement?.textContent ?? '').includes('One more step')
    })
    type('Code', '123456')
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Go on' }))).click()
    await until(() => {
      page.detectChanges()
      return alert().includes('Enter your name and password again')
    })
  })

  describe('by passkey', () => {
    const request = { rpId: 'localhost', challenge: 'YXNr', timeout: 300_000, userVerification: 'required' }
    const options = () => json(request)
    const access = () => json({ access_token: 't', expires_in: 900 })
    const button = (loader: Awaited<ReturnType<typeof open>>['loader'], text: string) =>
      loader.getHarness(MatButtonHarness.with({ text: new RegExp(text) }))
    let here: ReturnType<typeof device>
    afterEach(() => here.stop())

    it('asks the device, and for no name', async () => {
      here = device()
      const routes = { 'POST /auth/login/passkey/options': options, 'POST /auth/login/passkey': access }
      const { loader } = await open('/sign-in?next=%2Faccounts', access, undefined, routes)
      await (await button(loader, 'Sign in with a passkey')).click()
      await until(() => TestBed.inject(Router).url === '/accounts')
      const asked = server.calls.find((call) => call.path === '/auth/login/passkey')
      expect(asked?.body).toEqual({ credential: sent.get })
    })

    it('stands for the code of the second step', async () => {
      here = device()
      const required = () =>
        json({ title: 'x', status: 401, code: 'mfa_required', detail: 'x', mfa_token: 'once' }, 401)
      const routes = { 'POST /auth/login/passkey/options': options }
      const { page, loader, fill } = await open('/sign-in', required, access, routes)
      await fill('sam', 'correct horse')
      await until(() => {
        page.detectChanges()
        return (page.routeNativeElement?.textContent ?? '').includes('One more step')
      })
      await (await button(loader, 'Use a passkey')).click()
      await until(() => TestBed.inject(Router).url === '/')
      const asked = server.calls.find((call) => call.path === '/auth/login/mfa')
      expect(asked?.body).toEqual({ mfa_token: 'once', passkey: sent.get })
    })

    it('that was not used, or is refused, says so and leaves the form as it is', async () => {
      here = device('NotAllowedError')
      const { loader, alert } = await open('/sign-in', access, undefined, {
        'POST /auth/login/passkey/options': options,
      })
      await (await button(loader, 'Sign in with a passkey')).click()
      await until(() => alert().includes('No passkey was used'))
      expect(server.calls.map(({ path }) => path)).not.toContain('/auth/login/passkey')
    })

    it('is offered no more once the server says that it has none', async () => {
      here = device()
      const off = { 'POST /auth/login/passkey/options': () => problem(409, 'passkeys_off', 'There are none here.') }
      const { loader, alert } = await open('/sign-in', access, undefined, off)
      await (await button(loader, 'Sign in with a passkey')).click()
      await until(() => alert().includes('There are none here'))
      expect(await loader.getAllHarnesses(MatButtonHarness.with({ text: /passkey/ }))).toEqual([])
    })
  })

  it('offers no passkey where the browser has none', async () => {
    const { loader } = await open('/sign-in', () => json({}))
    expect(await loader.getAllHarnesses(MatButtonHarness.with({ text: /passkey/ }))).toEqual([])
  })

  it('shows no form where Keycloak has one, and says so where nobody answers on the way there', async () => {
    const { page, loader, alert } = await open('/sign-in', () => json({}), undefined, {}, { mode: 'keycloak' })
    expect(page.routeNativeElement?.querySelector('input')).toBeNull()
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Sign in with Keycloak' }))).click()
    await until(() => alert().includes('The server cannot be reached'))
    expect(localStorage.getItem('pf.session')).toBeNull()
  })

  it('says why somebody whom Keycloak let in cannot be a user here', async () => {
    const { page, alert } = await open('/sign-in', () => json({}), undefined, {}, { mode: 'keycloak' })
    const why = { status: 403, code: 'name_unusable', detail: 'Somebody else has your user name here.', errors: [] }
    TestBed.inject(Session).refused.set(new Problem(why))
    page.detectChanges()
    expect(alert()).toContain('Somebody else has your user name here.')
  })

  it('never leads to another site', () => {
    expect(
      ['//evil.example', 'https://evil.example', '/\\evil.example', undefined, '/accounts?x=1'].map(inside),
    ).toEqual(['/', '/', '/', '/', '/accounts?x=1'])
  })
})
