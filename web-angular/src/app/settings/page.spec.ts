import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { device, sent } from '../../testing/device.ts'
import { json, problem, serve, until } from '../../testing/server.ts'
import { Session } from '../api/session.ts'
import type { Mfa, Passkey } from '../api/types.ts'
import { SettingsPage } from './page.ts'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const uri = `otpauth://totp/Personal%20Finances:sam?issuer=Personal%20Finances&secret=${secret}`
const codes = ['7k2m-9xqt-4hzd-b0wn', 'c5ve-1rjs-x8ga-60pt']
const phone: Passkey = {
  id: 'p-1',
  name: 'Phone',
  created_at: '2026-11-20T08:00:00.000Z',
  last_used_at: null,
  synced: true,
}
const creation = {
  challenge: 'YXNr',
  rp: { id: 'localhost', name: 'x' },
  user: { id: 'c2Ft', name: 'sam', displayName: 'sam' },
}
const config = { mode: 'embedded', registration: 'open', second_factors: true, passkeys: true, demo: true }

describe('how one signs in', () => {
  let server: ReturnType<typeof serve>
  let here: ReturnType<typeof device> | undefined
  afterEach(() => {
    server.stop()
    here?.stop()
    here = undefined
    localStorage.clear()
  })

  const open = async (
    routes: Parameters<typeof serve>[0],
    over: { mfa?: Mfa; passkeys?: Passkey[]; config?: object } = {},
  ) => {
    const standing = { mfa: over.mfa ?? { totp: false, recovery_codes_left: 0 }, passkeys: over.passkeys ?? [] }
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /auth/sessions': () => json({ items: [] }),
      'GET /auth/tokens': () => json({ items: [] }),
      'GET /auth/audit': () => json({ items: [] }),
      'GET /auth/config': () => json(over.config ?? config),
      'GET /auth/mfa': () => json(standing.mfa),
      'GET /auth/passkeys': () => json({ items: standing.passkeys }),
      'GET /exports': () => json({ items: [] }),
      ...routes,
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const fixture = TestBed.createComponent(SettingsPage)
    const loader = TestbedHarnessEnvironment.loader(fixture)
    const page = fixture.nativeElement as HTMLElement
    const region = (name: string) => {
      const found = page.querySelector<HTMLElement>(`[role=region][aria-label="${name}"]`)
      if (!found) throw new Error(`Found no part called ${name}.`)
      return found
    }
    const text = () => page.textContent ?? ''
    const shows = (words: string) =>
      until(() => {
        fixture.detectChanges()
        return text().includes(words)
      })
    const type = (part: string, label: string, said: string) => {
      const element = [...region(part).querySelectorAll('label')].find((one) => one.textContent === label)
      const field = element && page.querySelector<HTMLInputElement>(`#${element.htmlFor}`)
      if (!field) throw new Error(`Found no field with the label ${label}.`)
      field.value = said
    }
    const press = async (words: string) => (await loader.getHarness(MatButtonHarness.with({ text: words }))).click()
    const pressIcon = (label: string) => {
      page.querySelector<HTMLButtonElement>(`button[aria-label="${label}"]`)?.click()
      fixture.detectChanges()
    }
    const asked = (method: string, path: string) =>
      server.calls.filter((call) => call.method === method && call.path === path).map(({ body }) => body)
    await shows('Second step')
    await until(() => {
      fixture.detectChanges()
      return page.querySelector('[role=region][aria-busy=true]') === null
    })
    return { fixture, standing, page, text, shows, type, press, pressIcon, asked }
  }

  it('is made by two steps: a picture or a key for the app, a code of it, and recovery codes shown once', async () => {
    const { fixture, standing, page, text, shows, type, press, asked } = await open({
      'POST /auth/mfa/totp': () => json({ secret, otpauth_uri: uri }),
      'POST /auth/mfa/totp/confirm': () => {
        standing.mfa = { totp: true, recovery_codes_left: 10 }
        return json({ recovery_codes: codes })
      },
    })
    type('Second step', 'Your password', 'correct horse')
    await press('Set up an app')
    await shows('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ')
    expect(asked('POST', '/auth/mfa/totp')).toEqual([{ password: 'correct horse' }])
    await until(() => {
      fixture.detectChanges()
      return page.querySelector('svg[aria-label="The key as a QR code"] path') !== null
    })
    type('Second step', 'Code that the app shows now', '123 456')
    await press('Turn it on')
    await shows('7k2m-9xqt-4hzd-b0wn')
    expect(asked('POST', '/auth/mfa/totp/confirm')).toEqual([{ code: '123456' }])
    expect(text()).toContain('shown this once')
    await press('I have them')
    await shows('10 recovery codes are left')
    expect(text()).not.toContain('7k2m-9xqt-4hzd-b0wn')
  })

  it('is made by the password alone again with the password and a code', async () => {
    let turns = 0
    const { standing, text, shows, type, press, asked } = await open(
      {
        'DELETE /auth/mfa/totp': () => {
          turns += 1
          if (turns === 1) return problem(401, 'bad_credentials')
          standing.mfa = { totp: false, recovery_codes_left: 0 }
          return new Response(null, { status: 204 })
        },
      },
      { mfa: { totp: true, recovery_codes_left: 1 } },
    )
    expect(text()).toContain('One recovery code is left. Make new ones before the last is gone.')
    await press('Turn it off')
    for (const password of ['guess', 'correct horse']) {
      type('Second step', 'Your password', password)
      type('Second step', 'Code that the app shows now', '123 456')
      await press('Turn it off')
      if (password === 'guess') await shows('That is not your password')
    }
    await shows('Set up an app')
    expect(asked('DELETE', '/auth/mfa/totp')).toEqual([
      { password: 'guess', code: '123456' },
      { password: 'correct horse', code: '123456' },
    ])
  })

  it('gets new recovery codes for the password', async () => {
    const { shows, type, press, asked } = await open(
      { 'POST /auth/mfa/recovery-codes': () => json({ recovery_codes: codes }) },
      { mfa: { totp: true, recovery_codes_left: 2 } },
    )
    await press('New recovery codes')
    type('Second step', 'Your password', 'correct horse')
    await press('New recovery codes')
    await shows('c5ve-1rjs-x8ga-60pt')
    expect(asked('POST', '/auth/mfa/recovery-codes')).toEqual([{ password: 'correct horse' }])
  })

  it('is by passkey, once the device has made one', async () => {
    here = device()
    const { standing, shows, type, press, asked } = await open({
      'POST /auth/passkeys/options': () => json(creation),
      'POST /auth/passkeys': () => {
        standing.passkeys = [phone]
        return json(phone, 201)
      },
    })
    await press('Add a passkey')
    await shows('Give it a name, and your password.')
    type('Passkeys', 'Name of the passkey', 'Phone')
    type('Passkeys', 'Your password', 'correct horse')
    await press('Add a passkey')
    await shows('never used')
    expect(asked('POST', '/auth/passkeys/options')).toEqual([{ password: 'correct horse' }])
    expect(asked('POST', '/auth/passkeys')).toEqual([{ name: 'Phone', credential: sent.create }])
  })

  it('has a passkey already where the device says so, and nothing is kept', async () => {
    here = device('InvalidStateError')
    const { shows, type, press, asked } = await open({ 'POST /auth/passkeys/options': () => json(creation) })
    type('Passkeys', 'Name of the passkey', 'Phone')
    type('Passkeys', 'Your password', 'correct horse')
    await press('Add a passkey')
    await shows('has a passkey of yours already')
    expect(asked('POST', '/auth/passkeys')).toEqual([])
  })

  it('is by passkeys that are renamed, and removed for the password', async () => {
    here = device()
    const { standing, shows, type, press, pressIcon, asked } = await open(
      {
        'PATCH /auth/passkeys/p-1': () => {
          standing.passkeys = [{ ...phone, name: 'Old phone' }]
          return json(standing.passkeys[0])
        },
        'DELETE /auth/passkeys/p-1': () => {
          standing.passkeys = []
          return new Response(null, { status: 204 })
        },
      },
      { passkeys: [phone] },
    )
    pressIcon('Rename Phone')
    type('Passkeys', 'New name', ' Old phone ')
    await press('Save')
    await shows('Old phone')
    expect(asked('PATCH', '/auth/passkeys/p-1')).toEqual([{ name: 'Old phone' }])
    pressIcon('Remove Old phone')
    type('Passkeys', 'Your password', 'correct horse')
    await press('Remove it')
    await shows('No passkeys.')
    expect(asked('DELETE', '/auth/passkeys/p-1')).toEqual([{ password: 'correct horse' }])
  })

  it('is by no passkey where the browser or the address has none', async () => {
    const { text } = await open({})
    expect(text()).toContain('makes no passkeys')
    here = device()
  })

  it('is kept at Keycloak where that signs people in: the way there, and nothing of ours to ask for', async () => {
    const keycloak = { url: 'https://id.example.org', realm: 'personal-finances', client_id: 'web' }
    const { page, asked } = await open({}, { config: { ...config, mode: 'keycloak', passkeys: false, keycloak } })
    const way = page.querySelector<HTMLAnchorElement>('[aria-label="Second step and passkeys"] a')
    expect(way?.href).toBe('https://id.example.org/realms/personal-finances/account/account-security/signing-in')
    expect(page.querySelector('[role=region][aria-label="Passkeys"]')).toBeNull()
    for (const path of ['/auth/mfa', '/auth/passkeys']) expect(asked('GET', path)).toEqual([])
  })

  it('is nothing to invite others with, unless one is the operator', async () => {
    const { page, asked } = await open({})
    expect(page.querySelector('[role=region][aria-label="Invites"]')).toBeNull()
    expect(asked('GET', '/auth/invites')).toEqual([])
  })

  it('lets an operator make an invite, shown as a link this once, and take it back', async () => {
    const invite = {
      ...{ id: 'i-1', created_at: '2026-11-20T08:00:00.000Z', expires_at: '2026-11-27T08:00:00.000Z' },
      ...{ used_at: null, status: 'open' },
    }
    let made: object[] = []
    const { text, shows, press, pressIcon, asked, page } = await open({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user', 'operator'] }),
      'GET /auth/invites': () => json({ items: made }),
      'POST /auth/invites': () => {
        made = [invite]
        return json({ ...invite, code: '7k2m-9xqt-4hzd-b0wn' }, 201)
      },
      'DELETE /auth/invites/i-1': () => {
        made = []
        return new Response(null, { status: 204 })
      },
    })
    await shows('Nobody was invited.')
    await press('Make an invite')
    await shows('/register?invite=7k2m-9xqt-4hzd-b0wn')
    await shows('open')
    const label = [...page.querySelectorAll('button[aria-label]')]
      .map((button) => button.getAttribute('aria-label') ?? '')
      .find((words) => words.startsWith('Take back the invite'))
    pressIcon(label ?? '')
    await shows('Nobody was invited.')
    expect(asked('DELETE', '/auth/invites/i-1')).toHaveLength(1)
    expect(text()).not.toContain('7k2m-9xqt-4hzd-b0wn')
  })
})
