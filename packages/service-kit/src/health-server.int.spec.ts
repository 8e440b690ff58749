import { startHealthServer } from './health-server.ts'
import { createMetrics, exposition, scrape } from './metrics/index.ts'

describe("a lone service's health port", () => {
  it('is alive, and ready when all it stands on is well', async () => {
    let postgres = 'ok'
    const server = await startHealthServer({
      port: 0,
      bind: '127.0.0.1',
      ready: async () => ({ nats: 'ok', postgres }),
      metrics: async () => exposition(await scrape([createMetrics('one')])),
    })
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`)
      return { status: response.status, body: await response.json() }
    }
    expect(await ask('/health')).toEqual({ status: 200, body: { status: 'ok' } })
    expect(await ask('/ready')).toEqual({ status: 200, body: { status: 'ok', nats: 'ok', postgres: 'ok' } })
    postgres = 'NoAnswer'
    expect(await ask('/ready')).toEqual({
      status: 503,
      body: { status: 'not ready', nats: 'ok', postgres: 'NoAnswer' },
    })
    expect(await ask('/other')).toMatchObject({ status: 404 })
    const figures = await fetch(`http://127.0.0.1:${server.port}/metrics`)
    expect(figures.headers.get('content-type')).toContain('version=0.0.4')
    expect(await figures.text()).toMatch(/^nodejs_eventloop_lag_seconds/m)
    await server.stop()
  })
})
