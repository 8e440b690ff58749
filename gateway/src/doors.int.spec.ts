import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@pf/eventing/testing'
import { behaviour, runGateway } from './testing/running-gateway.ts'

type Running = Awaited<ReturnType<typeof runGateway>>

const webRoot = mkdtempSync(join(tmpdir(), 'pf-web-'))
writeFileSync(join(webRoot, 'index.html'), '<html><pf-app ngCspNonce="%CSP_NONCE%"></pf-app></html>')
writeFileSync(join(webRoot, 'main-GAC3UN27.js'), 'export {}')
writeFileSync(join(webRoot, 'first.js'), 'export {}')

let running: Running
let authorization: string
beforeAll(async () => {
  running = await runGateway('http://localhost:3000', {
    config: { webRoot, allowedOrigins: ['https://notes.example.org'] },
    bounds: { streamsPerUser: 2, headersMs: 1_000, bodyWindowMs: 1_000, bodyBytesPerSecond: 1_000 },
  })
  authorization = `Bearer ${await running.token()}`
}, 30_000)
afterAll(async () => {
  await running.stop()
  rmSync(webRoot, { recursive: true })
})
beforeEach(() => Object.assign(behaviour, { asked: [], behind: undefined, endedSessions: [], trouble: undefined }))

const get = (path: string, headers: Record<string, string> = {}, base = running.apiUrl) =>
  fetch(`${base}${path}`, { redirect: 'manual', headers })
const post = (path: string, body: string, headers: Record<string, string> = {}, base = running.apiUrl) =>
  fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

/** Bytes as they are, on a connection of their own. */
function dial(base: string, host = '127.0.0.1'): { socket: Socket; said: () => string; closed: () => boolean } {
  let text = ''
  let isClosed = false
  const socket = connect(Number(new URL(base).port), host)
  socket.on('data', (chunk) => {
    text += chunk.toString()
  })
  socket.on('close', () => {
    isClosed = true
  })
  socket.on('error', () => {
    isClosed = true
  })
  return { socket, said: () => text, closed: () => isClosed }
}

describe('every answer', () => {
  it('may be framed, sniffed and told to other sites by nobody', async () => {
    const answers = await Promise.all([
      get('/health'),
      get('/connections'),
      get('/connections', { authorization }),
      get('/nowhere'),
      get('/connections/%ff', { authorization }),
      get('/', {}, running.webUrl),
      get('/first.js', {}, running.webUrl),
      get('/api/health', {}, running.webUrl),
      get('/docs'),
    ])
    for (const { url, headers } of answers) {
      expect([url, Object.fromEntries(headers)]).toEqual([
        url,
        expect.objectContaining({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'permissions-policy': expect.stringContaining('camera=()'),
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
        }),
      ])
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('content-security-policy')).not.toMatch(/script-src [^;]*(unsafe|http|\*)/)
    }
  })

  it('of an installation on https says so for a year', async () => {
    const own = await runGateway('https://money.example.com', { config: { webRoot } })
    try {
      for (const base of [`${own.apiUrl}/health`, `${own.webUrl}/`]) {
        expect((await fetch(base)).headers.get('strict-transport-security')).toBe('max-age=31536000')
      }
    } finally {
      await own.stop()
    }
  })
})

describe('the web’s files', () => {
  it('are kept for ever where their name holds a hash, and asked about where not', async () => {
    const kept = async (path: string) => (await get(path, {}, running.webUrl)).headers.get('cache-control')
    expect(await kept('/main-GAC3UN27.js')).toBe('public, max-age=31536000, immutable')
    expect(await kept('/first.js')).toBe('no-cache')
    for (const page of ['/', '/index.html', '/accounts/1']) expect(await kept(page)).toBe('no-cache')
  })

  it('are styled by what carries the nonce of this answer alone', async () => {
    const pages = await Promise.all(
      ['/', '/index.html', '/connections?outcome=linked'].map((path) => get(path, {}, running.webUrl)),
    )
    const nonces = await Promise.all(
      pages.map(async (page) => {
        const nonce = /ngCspNonce="([A-Za-z0-9+/=]{22,})"/.exec(await page.text())?.[1]
        expect(page.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}';`)
        expect(page.headers.get('etag')).toBeNull()
        return nonce
      }),
    )
    expect(new Set(nonces).size).toBe(pages.length)
  })

  it('are the ones of their folder', async () => {
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/main-GAC3UN27.js%00.css']) {
      const { socket, said } = dial(running.webUrl)
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
      await eventually(() => expect(said()).toMatch(/^HTTP\/1.1 \d/))
      expect(said()).not.toContain('"private"')
    }
  })
})

describe('a page of another site', () => {
  const evil = { origin: 'https://evil.example' }

  it('reads nothing, and what it writes is refused before it is read', async () => {
    const read = await get('/connections', { authorization, ...evil })
    expect(read.headers.get('access-control-allow-origin')).toBeNull()
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:3001',
      'https://notes.example.org.evil.example',
    ]) {
      const written = await post('/auth/login', '{"username":"sam","password":"correct horse"}', { origin })
      expect([origin, written.status, await codeOf(written)]).toEqual([origin, 403, 'forbidden'])
      const signedOut = await post('/auth/logout', '', { origin, cookie: 'refresh_token_0=r-1' })
      expect([origin, signedOut.status]).toEqual([origin, 403])
    }
    expect(behaviour.asked.filter(({ operation }) => operation !== 'list')).toEqual([])
  })

  it('of our own sends what it likes', async () => {
    const origins = ['http://localhost:3000', running.apiUrl]
    for (const origin of origins) {
      const answer = await post('/auth/login', '{"username":"sam","password":"correct horse"}', { origin })
      expect([origin, answer.status]).toEqual([origin, 200])
    }
    const web = await post('/api/auth/logout', '', { origin: running.webUrl }, running.webUrl)
    expect([web.status, web.headers.get('clear-site-data')]).toEqual([200, '"cache"'])
  })

  it('is heard where the settings name its origin, with a token and without cookies', async () => {
    const origin = 'https://notes.example.org'
    const preflight = await fetch(`${running.apiUrl}/connections`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })
    expect(preflight.status).toBe(204)
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: expect.stringContaining('Origin'),
    })
    const answer = await post('/connections', '{"institution_id":"BANK"}', { origin, authorization })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([201, origin])
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('what comes in', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

  it.each([
    ['nested deeply', nested(33)],
    ['nested to no end', '['.repeat(500_000)],
    ['of very many values', `[${'0,'.repeat(50_001)}0]`],
    ['with a poisoned prototype', '{"username":"sam","password":"correct horse","__proto__":{"roles":["operator"]}}'],
    ['with a poisoned prototype below', '{"username":"sam","password":{"__proto__":{"x":1}}}'],
    ['with a poisoned prototype by escapes', '{"username":"sam","password":"p","\\u005f_proto__":{"x":1}}'],
    ['with a poisoned constructor', '{"username":"sam","constructor":{"prototype":{"x":1}}}'],
  ])('as a body %s is refused and pollutes nothing', async (_, body) => {
    const answer = await post('/auth/login', body)
    expect([answer.status, await codeOf(answer)]).toEqual([422, 'invalid_input'])
    expect(behaviour.asked).toEqual([])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it('as a query pollutes nothing', async () => {
    for (const query of ['__proto__[x]=1', '__proto__.x=1', '__proto__=1', 'constructor[prototype][x]=1']) {
      const answer = await get(`/transactions?${query}`, { authorization })
      expect([query, answer.status]).toEqual([query, 422])
      expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    }
  })

  it('with too long an address, or too many or too large headers, is refused', async () => {
    const long = await get(`/transactions?q=${'x'.repeat(9_000)}`, { authorization })
    expect([long.status, await codeOf(long)]).toEqual([414, 'url_too_long'])
    const many = await get('/health', Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`x-${n}`, '1'])))
    expect([many.status, await codeOf(many)]).toEqual([431, 'headers_too_large'])
    const large = await get('/health', { 'x-large': 'x'.repeat(20_000) })
    expect([large.status, await codeOf(large)]).toEqual([431, 'headers_too_large'])
  })

  it('that is no HTTP is refused', async () => {
    const { socket, said, closed } = dial(running.apiUrl)
    socket.write('\u0016\u0003\u0001 hello\r\n\r\n')
    await eventually(() => expect(closed()).toBe(true))
    expect(said()).toMatch(/^HTTP\/1.1 400 .*malformed_request/s)
  })

  it('with two lengths, or a length beside chunks, is refused (request smuggling)', async () => {
    for (const lengths of [
      'content-length: 3\r\ncontent-length: 5',
      'content-length: 3\r\ntransfer-encoding: chunked',
    ]) {
      const { socket, said, closed } = dial(running.apiUrl)
      socket.write(
        `POST /auth/login HTTP/1.1\r\nhost: localhost\r\n${lengths}\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n`,
      )
      await eventually(() => expect(closed()).toBe(true))
      expect(said()).toMatch(/^HTTP\/1.1 400 /)
      expect(said().match(/HTTP\/1\.1/g)).toHaveLength(1)
    }
  })
})

describe('a slow client', () => {
  it('whose headers do not end is given up', async () => {
    const { socket, said, closed } = dial(running.apiUrl)
    socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n')
    const trickle = setInterval(() => socket.writable && socket.write('x-more: 1\r\n'), 200)
    await eventually(() => expect(closed()).toBe(true), 20_000)
    clearInterval(trickle)
    expect(said()).toMatch(/^HTTP\/1.1 408 .*request_too_slow/s)
  }, 30_000)

  it('whose body trickles is given up, and one that is fast enough is not', async () => {
    const slow = dial(running.apiUrl)
    slow.socket.write(
      'POST /auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n{',
    )
    const trickle = setInterval(() => slow.socket.writable && slow.socket.write(' '), 100)
    const steady = dial(running.apiUrl)
    const body = `${' '.repeat(40_000)}{}`
    steady.socket.write(
      `POST /auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    )
    let sent = 0
    const flow = setInterval(() => {
      if (steady.socket.writable) steady.socket.write(body.slice(sent, sent + 2_000))
      sent += 2_000
      if (sent >= body.length) clearInterval(flow)
    }, 100)
    await eventually(() => expect(slow.closed()).toBe(true), 20_000)
    clearInterval(trickle)
    expect(slow.said()).toMatch(/^HTTP\/1.1 408 .*request_too_slow/s)
    await eventually(() => expect(steady.said()).toMatch(/^HTTP\/1.1 422 /), 20_000)
    clearInterval(flow)
    steady.socket.destroy()
  }, 60_000)
})

describe('streams of one user', () => {
  it('are as many as may be; one that closes makes room', async () => {
    const leave = [new AbortController(), new AbortController()]
    const stream = (signal?: AbortSignal) =>
      fetch(`${running.apiUrl}/events`, { headers: { authorization }, ...(signal === undefined ? {} : { signal }) })
    for (const { signal } of leave) {
      const open = await stream(signal)
      expect([open.status, open.headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
    }
    const third = await stream()
    expect([third.status, third.headers.get('retry-after'), await codeOf(third)]).toEqual([
      429,
      '5',
      'too_many_requests',
    ])
    leave[0]?.abort()
    await eventually(async () => {
      const again = new AbortController()
      const answer = await stream(again.signal)
      again.abort()
      expect(answer.status).toBe(200)
    })
    leave[1]?.abort()
  })
})

describe('a gateway with small limits behind a proxy', () => {
  let small: Running
  let token: string
  beforeAll(async () => {
    small = await runGateway('http://localhost:3000', {
      config: { ratePerUser: 30, ratePerAddress: 60, trustedProxies: ['127.0.0.1'] },
    })
    token = `Bearer ${await small.token()}`
  }, 30_000)
  afterAll(() => small.stop())

  /** As the proxy at 127.0.0.1 would pass it on. */
  const from = (address: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`${small.apiUrl.replace('localhost', '127.0.0.1')}${path}`, {
      headers: { 'x-forwarded-for': address, ...headers },
    })
  const statuses = async (count: number, ask: () => Promise<Response>) => {
    const answers: number[] = []
    for (let n = 0; n < count; n++) answers.push((await ask()).status)
    return answers
  }

  it('refuses a user who asks too much wherever he asks from, and says when to come again; others are served', async () => {
    let n = 0
    const asks = await statuses(40, () => from(`203.0.113.${++n}`, '/auth/me', { authorization: token }))
    expect(asks.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 200))
    expect(asks.slice(30).filter((status) => status === 429).length).toBeGreaterThanOrEqual(5)
    const refused = await from('203.0.113.200', '/auth/me', { authorization: token })
    expect([refused.status, refused.headers.get('retry-after'), await codeOf(refused)]).toEqual([
      429,
      '2',
      'too_many_requests',
    ])
    const kim = `Bearer ${await small.token({ sub: '018f0000-0000-7000-8000-00000000b002' })}`
    expect((await from('203.0.113.1', '/auth/me', { authorization: kim })).status).toBe(200)
  })

  it('refuses an address without a token too, by whom the proxy names, and never counts whoever asks for health', async () => {
    const asks = await statuses(70, () => from('198.51.100.1', '/auth/config'))
    expect(asks.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 200))
    expect(asks.slice(60)).toContain(429)
    expect((await from('198.51.100.2', '/auth/config')).status).toBe(200)
    expect(await statuses(5, () => from('198.51.100.1', '/health'))).toEqual([200, 200, 200, 200, 200])
    // An address of his own choosing before the proxy's is not the client's.
    expect((await from('10.9.9.9, 198.51.100.1', '/auth/config')).status).toBe(429)
  })

  it('hands the client’s address to the log-in', async () => {
    behaviour.asked.length = 0
    await fetch(`${small.apiUrl.replace('localhost', '127.0.0.1')}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', forwarded: 'for="[2001:db8::7]:99";proto=https' },
      body: '{"username":"sam","password":"correct horse"}',
    })
    expect(behaviour.asked[0]?.input).toMatchObject({ address: '2001:db8::7' })
  })

  it('answers for the host that the proxy was asked for', async () => {
    expect((await from('203.0.113.9', '/health', { 'x-forwarded-host': 'evil.test' })).status).toBe(421)
    expect((await from('203.0.113.9', '/health', { 'x-forwarded-host': 'localhost:3000' })).status).toBe(200)
  })

  it('believes nobody else', async () => {
    behaviour.asked.length = 0
    await post('/auth/login', '{"username":"sam","password":"correct horse"}', { 'x-forwarded-for': '203.0.113.9' })
    expect(behaviour.asked[0]?.input['address']).toMatch(/^(::1|127\.0\.0\.1|::ffff:127\.0\.0\.1)$/)
  })

  it('closes the connections of one address beyond its bound, and takes more once they are closed', async () => {
    const own = await runGateway('http://localhost:3000', { bounds: { connectionsPerAddress: 3 } })
    try {
      const dialled = [1, 2, 3, 4, 5].map(() => dial(own.apiUrl))
      await eventually(() => expect(dialled.filter(({ closed }) => closed())).toHaveLength(2))
      for (const { socket } of dialled) socket.destroy()
      await eventually(async () => expect((await fetch(`${own.apiUrl}/health`)).status).toBe(200))
    } finally {
      await own.stop()
    }
  })
})
