import { TestBed } from '@angular/core/testing'
import { json, problem, serve } from '../../testing/server.ts'
import { Remembered } from './preferences.ts'
import { Session } from './session.ts'

const words = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])

describe('what a page remembers', () => {
  let server: ReturnType<typeof serve>
  let kept: { key: string; value: unknown; revision: string; changed_at: string } | undefined
  /** Set: another device changes it just before the next write arrives. */
  let meanwhile: string[] | undefined

  const keep = (value: unknown) => {
    const revision = String(Number(kept?.revision ?? 0) + 1)
    kept = { key: 'page.words', value, revision, changed_at: '2026-11-20T08:00:00Z' }
    return kept
  }
  const open = async (refuse?: () => Response) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /preferences': () => json({ items: kept ? [kept] : [] }),
      'PUT /preferences/page.words': ({ headers, body }) => {
        if (refuse) return refuse()
        if (meanwhile) keep(meanwhile)
        meanwhile = undefined
        const asked = kept ? headers.get('if-match') === `"${kept.revision}"` : headers.get('if-none-match') === '*'
        return asked ? json(keep((body as { value: unknown }).value)) : problem(412, 'precondition_failed')
      },
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    return TestBed.runInInjectionContext(() => new Remembered('page.words', words))
  }

  beforeEach(() => {
    kept = undefined
    meanwhile = undefined
  })
  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    server.stop()
    localStorage.clear()
  })

  it('is changed on the page at once, and at the server', async () => {
    const remembered = await open()
    const done = remembered.change((now) => [...now, 'tea'])
    expect(remembered.value()).toEqual(['tea'])
    await done
    expect(kept?.value).toEqual(['tea'])
    expect(remembered.value()).toEqual(['tea'])
  })

  it('keeps both of two changes made at once', async () => {
    const remembered = await open()
    await Promise.all([remembered.change((now) => [...now, 'tea']), remembered.change((now) => [...now, 'cake'])])
    expect(kept?.value).toEqual(['tea', 'cake'])
  })

  it('is changed over what another device has changed meanwhile', async () => {
    const remembered = await open()
    await remembered.change(() => ['tea'])
    meanwhile = ['tea', 'milk']
    await remembered.change((now) => [...now, 'cake'])
    expect(kept?.value).toEqual(['tea', 'milk', 'cake'])
    expect(remembered.value()).toEqual(['tea', 'milk', 'cake'])
  })

  it('is as it was where the server refuses, and says why', async () => {
    const remembered = await open(() => problem(409, 'preferences_full'))
    await remembered.change(() => ['tea'])
    expect(remembered.value()).toEqual([])
    expect(remembered.problem()?.code).toBe('preferences_full')
  })
})
