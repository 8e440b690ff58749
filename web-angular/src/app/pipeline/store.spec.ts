import { TestBed } from '@angular/core/testing'
import { json, serve, until } from '../../testing/server.ts'
import { Session } from '../api/session.ts'
import { PipelineStore } from './store.ts'

const nothing = { items: [] }
const operations = { projections: [], quarantine: [], unavailable: [], last_drill: null }

describe('the pipeline', () => {
  let server: ReturnType<typeof serve>
  afterEach(() => {
    server.stop()
    localStorage.clear()
  })

  const opened = async (roles: string[]) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles }),
      'GET /syncs': () => json(nothing),
      'GET /connections': () => json(nothing),
      'GET /accounts': () => json(nothing),
      'GET /held': () => json(nothing),
      'GET /analytics/status': () => json({ ...nothing, as_of: { log_position: '1', built_at: null } }),
      'GET /analytics/rebuilds': () => json(nothing),
      'GET /operations': () => json(operations),
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const store = TestBed.runInInjectionContext(() => new PipelineStore())
    await until(() => store.rebuilds.state().status === 'ready')
    return { store, asked: () => server.calls.filter(({ path }) => path === '/operations') }
  }

  it('shows an operator what all read models do', async () => {
    const { store, asked } = await opened(['user', 'operator'])
    await until(() => store.operations.value() !== undefined)
    expect(store.isOperator()).toBe(true)
    expect(asked()).toHaveLength(1)
  })

  it('asks nothing of that for anybody else', async () => {
    const { store, asked } = await opened(['user'])
    expect(store.isOperator()).toBe(false)
    expect(asked()).toEqual([])
  })
})
