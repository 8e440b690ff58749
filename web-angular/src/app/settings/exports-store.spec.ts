import { TestBed } from '@angular/core/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { dataExport } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import type { DataExport } from '../api/types.ts'
import { ExportsStore } from './exports-store.ts'

const preparing = dataExport()

describe('the files of everything', () => {
  let server: ReturnType<typeof serve>
  afterEach(() => {
    server.stop()
    localStorage.clear()
  })

  const opened = async (routes: Parameters<typeof serve>[0]) => {
    server = serve({ 'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }), ...routes })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const store = TestBed.runInInjectionContext(() => new ExportsStore())
    await until(() => ['ready', 'failed'].includes(store.exports.state().status))
    return store
  }

  it('are asked for, listed, and deleted', async () => {
    let standing: DataExport[] = []
    const store = await opened({
      'GET /exports': () => json({ items: standing }),
      'POST /exports': () => {
        standing = [preparing]
        return json(preparing, 202)
      },
      'DELETE /exports/e-1': () => {
        standing = []
        return new Response(null, { status: 204 })
      },
    })
    expect(store.exports.value()).toEqual({ items: [] })
    expect(await store.begin()).toBe(true)
    expect(store.exports.value()).toEqual({ items: [preparing] })
    expect(await store.remove('e-1')).toBe(true)
    expect(store.exports.value()).toEqual({ items: [] })
  })

  it('say why none was begun, and why one cannot be had', async () => {
    const store = await opened({
      'GET /exports': () => json({ items: [] }),
      'POST /exports': () => problem(409, 'exports_full', 'You have 5 exports.'),
      'GET /exports/e-1/file': () => problem(404, 'export_not_found', 'Its file is gone.'),
    })
    expect(await store.begin()).toBe(false)
    expect(store.commands.problem()).toMatchObject({ part: 'exports', problem: { code: 'exports_full' } })
    expect(await store.save(preparing)).toBe(false)
    expect(store.commands.problem()).toMatchObject({ problem: { code: 'export_not_found' } })
    expect(store.commands.busy()).toBeUndefined()
  })
})
