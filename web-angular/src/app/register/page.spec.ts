import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { Component } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { provideRouter, Router, withComponentInputBinding } from '@angular/router'
import { RouterTestingHarness } from '@angular/router/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { RegisterPage } from './page.ts'

@Component({ template: '<h1>inside</h1>' })
class Inside {}

describe('registering', () => {
  let server: ReturnType<typeof serve>

  const open = async (url: string, inviteNeeded: boolean, register: () => Response = () => json({}, 201)) => {
    server = serve({
      'GET /auth/config': () => json({ mode: 'embedded', registration: 'invite', invite_needed: inviteNeeded }),
      'POST /auth/register': register,
      'POST /auth/login': () => json({ access_token: 't', expires_in: 900 }),
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
    })
    TestBed.configureTestingModule({
      providers: [
        provideRouter(
          [
            { path: 'register', component: RegisterPage },
            { path: '**', component: Inside },
          ],
          withComponentInputBinding(),
        ),
      ],
    })
    const page = await RouterTestingHarness.create(url)
    const loader = TestbedHarnessEnvironment.loader(page.fixture)
    const text = () => page.routeNativeElement?.textContent ?? ''
    const field = (label: string) => {
      const element = page.routeNativeElement as HTMLElement
      const id = [...element.querySelectorAll('label')].find((one) => one.textContent === label)?.htmlFor
      return element.querySelector<HTMLInputElement>(`#${id}`)
    }
    const type = (label: string, said: string) => {
      const found = field(label)
      if (!found) throw new Error(`Found no field with the label ${label}.`)
      found.value = said
    }
    const submit = async () => {
      type('User name', 'sam')
      type('Password', 'correct horse battery')
      await (await loader.getHarness(MatButtonHarness.with({ text: 'Register' }))).click()
    }
    const shows = (words: string) =>
      until(() => {
        page.detectChanges()
        return text().includes(words)
      })
    const sent = () => server.calls.filter(({ path }) => path === '/auth/register').map(({ body }) => body)
    return { field, type, submit, shows, sent }
  }

  afterEach(() => {
    localStorage.clear()
    server.stop()
  })

  it('takes the invite of the link, and sends it with name and password', async () => {
    const { field, submit, sent } = await open('/register?invite=7k2m-9xqt-4hzd-b0wn', true)
    expect(field('Invite')?.value).toBe('7k2m-9xqt-4hzd-b0wn')
    await submit()
    await until(() => TestBed.inject(Router).url === '/welcome')
    expect(sent()).toEqual([{ username: 'sam', password: 'correct horse battery', invite: '7k2m-9xqt-4hzd-b0wn' }])
  })

  it('asks for an invite where one is needed, and sends nothing without it', async () => {
    const { submit, shows, sent } = await open('/register', true)
    await shows('Invite')
    await submit()
    await shows('Enter the invite')
    expect(sent()).toEqual([])
  })

  it('asks for none where none is needed', async () => {
    const { field, submit, sent } = await open('/register', false)
    expect(field('Invite')).toBeNull()
    await submit()
    await until(() => TestBed.inject(Router).url === '/welcome')
    expect(sent()).toEqual([{ username: 'sam', password: 'correct horse battery' }])
  })

  it('says in the server’s words why a password is refused', async () => {
    const said = 'This password is one of those that leak most often. Choose another one.'
    const { submit, shows } = await open('/register', false, () => problem(422, 'invalid_input', said))
    await submit()
    await shows(said)
  })
})
