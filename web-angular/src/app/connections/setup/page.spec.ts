import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { json, problem, serve, until } from '../../../testing/server.ts'
import { Session } from '../../api/session.ts'
import { ProviderSetupPage } from './page.ts'

const redirect = 'https://money.example/api/connections/callback'
const gocardless = { id: 'gocardless', kind: 'gocardless', configured: false, demo: false, redirect_url: redirect }
const sandbox = { id: 'sandbox', kind: 'gocardless', configured: true, demo: true }

describe('the guide to a provider', () => {
  let server: ReturnType<typeof serve>

  const open = async (routes: Parameters<typeof serve>[0] = {}) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /providers': () =>
        json({
          items: [
            sandbox,
            gocardless,
            { ...gocardless, id: 'enable-banking', kind: 'enable-banking', configured: true },
          ],
        }),
      ...routes,
    })
    TestBed.configureTestingModule({ providers: [provideRouter([])] })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const fixture = TestBed.createComponent(ProviderSetupPage)
    document.body.append(fixture.nativeElement)
    const element: HTMLElement = fixture.nativeElement
    const shows = (text: string) =>
      until(() => {
        fixture.detectChanges()
        return element.textContent?.includes(text) === true
      })
    const enter = (name: string, value: string) => {
      const box = element.querySelector<HTMLInputElement>(`[name=${name}]`)
      if (box) box.value = value
    }
    const press = (word: string) =>
      [...element.querySelectorAll('button')].find((one) => one.textContent?.trim() === word)?.click()
    await shows('The redirect URL')
    return { element, enter, press, shows }
  }

  afterEach(() => {
    server.stop()
    localStorage.clear()
  })

  it('shows the address that the server names, and leaves the demo bank out', async () => {
    const { element } = await open()
    expect(element.querySelector('code')?.textContent).toBe(redirect)
    expect(element.querySelectorAll('input[type=radio]')).toHaveLength(2)
  })

  it('keeps the keys, checks them, and says each thing that was found', async () => {
    const { element, enter, press, shows } = await open({
      'PUT /providers/gocardless/keys': () => json({ ...gocardless, configured: true }),
      'POST /providers/gocardless/check': () =>
        json({
          ok: false,
          findings: [
            { ok: true, what: 'keys', detail: 'GoCardless takes the secret pair.' },
            { ok: false, what: 'banks in GB', detail: 'No bank is offered there.' },
          ],
        }),
    })
    enter('secret_id', ' one ')
    enter('secret_key', 'two')
    press('Keep and check')
    await shows('No bank is offered there.')
    expect(server.calls.find(({ method }) => method === 'PUT')?.body).toEqual({ secret_id: 'one', secret_key: 'two' })
    expect(element.textContent).toContain('does not fit')
    expect(element.querySelector('a[href="/connections/add"][matButton], .found a')).toBeNull()
  })

  it('sends nothing that is not whole', async () => {
    const { press, shows } = await open()
    press('Keep and check')
    await shows('Secret ID is missing.')
    expect(server.calls.some(({ method }) => method === 'PUT')).toBe(false)
  })

  it('tells somebody else than the operator who can do it', async () => {
    const { enter, press, shows } = await open({
      'PUT /providers/gocardless/keys': () => problem(403, 'operator_only'),
    })
    enter('secret_id', 'one')
    enter('secret_key', 'two')
    press('Keep and check')
    await shows('the first who registered')
  })
})
