import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:net'
import { openLogoLinks } from '@pf/service-kit'
import { runGateway } from '../testing/running-gateway.ts'
import { fetchLogo, isInside } from './fetch-logo.ts'
import { keptLogos } from './logos.ts'

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(500, 7)])

/** A bank on this machine that answers as it is told. */
async function bankThat(answers: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answers(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked, close: () => new Promise((resolve) => server.close(resolve)) }
}
const demo = { of: 'demo', id: 'A_BANK' } as const
const image =
  (body: Buffer, type = 'image/png', status = 200): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type, location: 'http://169.254.169.254/latest' }).end(body)

describe('a logo that is fetched', () => {
  const fetched = async (answers: RequestListener) => {
    const bank = await bankThat(answers)
    try {
      return { logo: await fetchLogo(demo, bank.url), asked: bank.asked }
    } finally {
      await bank.close()
    }
  }

  it('is the image that is there', async () => {
    expect(await fetched(image(png))).toEqual({ logo: png, asked: ['/__sandbox/logos/A_BANK'] })
  })

  it.each([
    ['a redirect', image(png, 'image/png', 302)],
    ['an error', image(png, 'image/png', 404)],
    ['a page', image(Buffer.from('<html>'), 'text/html')],
    ['a page that says it is an image', image(Buffer.from('<svg onload="steal()">'), 'image/png')],
    ['a drawing that may hold a script', image(Buffer.from('<svg/>'), 'image/svg+xml')],
    ['more than 256 KB', image(Buffer.concat([png, Buffer.alloc(256 * 1024)]))],
    ['an answer that breaks off', (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).destroy()],
  ] as [string, RequestListener][])('is none where there is %s', async (_, answers) => {
    const { logo, asked } = await fetched(answers)
    expect([logo, asked.length]).toEqual([undefined, 1])
  })

  it('is not fetched where a listed name leads into our own network', async () => {
    let connections = 0
    const server = createTlsServer((socket) => {
      connections++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = new URL(`https://localhost:${(server.address() as AddressInfo).port}/logo.png`)
    expect(await fetchLogo({ of: 'listed', url }, 'http://unused.test')).toBeUndefined()
    expect(connections).toBe(0)
    await new Promise((resolve) => server.close(resolve))
  })

  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.0.1', '224.0.0.1'],
    ...['::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', 'ff02::1'],
  ])('counts %s as ours', (address) => {
    expect(isInside(address)).toBe(true)
  })
  it.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '::ffff:93.184.216.34'])('and %s not', (address) => {
    expect(isInside(address)).toBe(false)
  })
})

describe('logos of banks', () => {
  let running: Awaited<ReturnType<typeof runGateway>>
  beforeAll(async () => {
    running = await runGateway()
  }, 30_000)
  afterAll(() => running.stop())

  const bank = (id: string) => ({ id, logo: '', demo: true })
  function logosOf(answers: () => Uint8Array | undefined) {
    const { objects, keys } = running.platform
    const clock = { at: 1_000 }
    let asked = 0
    const fetch = async () => {
      asked++
      return answers()
    }
    const links = openLogoLinks(keys)
    const logos = keptLogos({ links, objects, fetch, now: () => clock.at })
    const nameOf = async (id: string) => (await links.pathOf(bank(id))).replace('/logos/', '')
    return { logos, nameOf, clock, count: () => asked }
  }

  it('are fetched once, however many ask at once, and kept over a restart', async () => {
    const { logos, nameOf, count } = logosOf(() => png)
    const name = await nameOf('ONE')
    const found = await Promise.all([logos.find(name), logos.find(name), logos.find(name)])
    for (const logo of found) expect(logo).toMatchObject({ type: 'image/png' })
    expect(count()).toBe(1)
    const again = logosOf(() => undefined)
    expect(Buffer.from((await again.logos.find(name))?.bytes ?? [])).toEqual(png)
    expect(again.count()).toBe(0)
  })

  it('that are not there are asked for again after ten minutes', async () => {
    const { logos, nameOf, clock, count } = logosOf(() => undefined)
    const name = await nameOf('TWO')
    for (let n = 0; n < 3; n++) expect(await logos.find(name)).toBeUndefined()
    expect(count()).toBe(1)
    clock.at += 10 * 60_000 + 1
    await logos.find(name)
    expect(count()).toBe(2)
  })

  it('are served for good without a token, and only by addresses that are ours', async () => {
    const { objects, keys } = running.platform
    const path = await openLogoLinks(keys).pathOf(bank('THREE'))
    await keptLogos({ links: openLogoLinks(keys), objects, fetch: async () => png, now: Date.now }).find(
      path.replace('/logos/', ''),
    )
    const answer = await fetch(`${running.webUrl}/api${path}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(png)
    const source = Buffer.from('https://cdn-logos.gocardless.com/ais/X.png').toString('base64url')
    const forged = await fetch(`${running.apiUrl}/logos/${'A'.repeat(22)}.${source}`)
    expect([forged.status, await forged.json()]).toMatchObject([404, { code: 'logo_not_found' }])
    expect((await fetch(`${running.apiUrl}/logos/x`)).status).toBe(422)
  })
})
