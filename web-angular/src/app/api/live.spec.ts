import { TestBed } from '@angular/core/testing'
import { json, serve, until } from '../../testing/server.ts'
import { Live, type News } from './live.ts'
import { Session } from './session.ts'

type Pipe = { headers: Headers; say: (text: string) => void; end: () => void }

function open() {
  const pipes: Pipe[] = []
  const server = serve({
    'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
    'POST /auth/refresh': () => json({ access_token: 'second', expires_in: 900 }),
    'GET /events': ({ headers }) => {
      const encoder = new TextEncoder()
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          pipes.push({
            headers,
            say: (text) => controller.enqueue(encoder.encode(text)),
            end: () => controller.close(),
          })
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  return { pipes, server }
}

describe('the live stream', () => {
  let running: ReturnType<typeof open>
  const heard: News[] = []

  beforeEach(async () => {
    heard.length = 0
    running = open()
    const live = TestBed.inject(Live)
    live.on(['marts'], (news) => heard.push(news))
    await TestBed.inject(Session).accept({ access_token: 'first', expires_in: 900 })
    TestBed.tick()
    await until(() => running.pipes.length === 1 && live.state() === 'live')
  })

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    running.server.stop()
    localStorage.clear()
  })

  it('is read with the token in a header', () => {
    expect(running.pipes[0]?.headers.get('authorization')).toBe('Bearer first')
  })

  it('tells those who asked for the topic, and nobody else', async () => {
    running.pipes[0]?.say(
      'id: 1\nevent: notice\ndata: {"topic":"syncs","log_position":"4"}\n\nid: 2\nevent: notice\ndata: {"topic":"marts","log_position":"5"}\n\n',
    )
    await until(() => heard.length > 0)
    expect(heard).toEqual([{ topic: 'marts', log_position: '5' }])
  })

  it('goes on from the last event when it was cut off', async () => {
    running.pipes[0]?.say('id: 42\nevent: notice\ndata: {"topic":"marts","log_position":"5"}\n\n')
    await until(() => heard.length === 1)
    running.pipes[0]?.end()
    await until(() => running.pipes.length === 2)
    expect(running.pipes[1]?.headers.get('last-event-id')).toBe('42')
    expect(heard).toHaveLength(1)
  })

  it('has everything fetched again after a reset', async () => {
    running.pipes[0]?.say('event: reset\n\n')
    await until(() => heard.length > 0)
    expect(heard).toEqual([{}])
  })

  it('closes when the session ends', async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    expect(TestBed.inject(Live).state()).toBe('off')
  })
})
