import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { participantNames, serviceNames } from '@pf/contracts'
import { clusterSecrets } from './cluster-secrets.ts'
import { type Cluster, keepSecret } from './kubernetes.ts'

type Stored = { metadata: { name: string; resourceVersion?: string }; data: Record<string, string> }

/** As much of Kubernetes' API as Secrets take: created once, changed by who has read the newest. */
class ApiServer {
  readonly stored = new Map<string, Stored>()
  readonly asked: string[] = []
  #server: Server | undefined

  async start(): Promise<Cluster> {
    this.#server = createServer(async (request, response) => {
      const [status, body] = this.#answer(request, await textOf(request))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve))
    const { port } = this.#server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, namespace: 'pf', token: 'a token' }
  }

  #answer({ method, url, headers }: IncomingMessage, text: string): [number, object] {
    this.asked.push(`${method} ${url}`)
    if (headers.authorization !== 'Bearer a token') return [401, { reason: 'Unauthorized', message: 'who?' }]
    const [, name = ''] = /^\/api\/v1\/namespaces\/pf\/secrets\/?(.*)$/.exec(url ?? '') ?? []
    const sent = text === '' ? undefined : (JSON.parse(text) as Stored)
    const found = this.stored.get(name || (sent?.metadata.name ?? ''))
    if (method === 'GET') return found ? [200, found] : [404, { reason: 'NotFound', message: 'none' }]
    if (method === 'POST' && found !== undefined) return [409, { reason: 'AlreadyExists', message: 'there' }]
    if (method === 'PUT' && sent?.metadata.resourceVersion !== found?.metadata.resourceVersion)
      return [409, { reason: 'Conflict', message: 'changed meanwhile' }]
    if (sent === undefined) return [400, {}]
    const resourceVersion = String(Number(found?.metadata.resourceVersion ?? 0) + 1)
    this.stored.set(sent.metadata.name, { ...sent, metadata: { ...sent.metadata, resourceVersion } })
    return [method === 'POST' ? 201 : 200, sent]
  }

  value(secret: string, key: string): string {
    return Buffer.from(this.stored.get(secret)?.data[key] ?? '', 'base64').toString()
  }

  stop = () => new Promise((resolve) => this.#server?.close(resolve))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe('the Secrets of an installation in a cluster', () => {
  let api: ApiServer
  let cluster: Cluster
  beforeEach(async () => {
    api = new ApiServer()
    cluster = await api.start()
  })
  afterEach(() => api.stop())

  it('hold a password for each service at broker and database, and for each user of the broker what it reads', async () => {
    expect(await keepSecret(cluster, 'passwords')).toBe('made')
    for (const service of serviceNames) {
      expect(api.value('passwords', `${service}.database.${service}`)).toBe(
        api.value('passwords', `prepare.database.${service}`),
      )
      expect(api.value('passwords', `nats.${service}`)).toBe(
        JSON.stringify(api.value('passwords', `${service}.broker.${service}`)),
      )
    }
    const brokers = participantNames.map((name) => api.value('passwords', `nats.${name}`))
    expect(new Set(brokers).size).toBe(participantNames.length)
    for (const quoted of brokers) expect(quoted).toMatch(/^"[\w-]{32}"$/)
  })

  it('stay as they are at the next version', async () => {
    for (const name of ['passwords', 'master-key', 'stores'] as const) {
      expect(await keepSecret(cluster, name)).toBe('made')
      const before = api.stored.get(name)
      expect(await keepSecret(cluster, name)).toBe('kept')
      expect(api.stored.get(name)).toEqual(before)
    }
  })

  it('get what a newer version needs besides, and keep the rest', async () => {
    await keepSecret(cluster, 'passwords')
    const before = structuredClone(api.stored.get('passwords')?.data ?? {})
    for (const key of ['operator.broker.log', 'nats.log', 'nats.routes']) delete api.stored.get('passwords')?.data[key]
    expect(await keepSecret(cluster, 'passwords')).toBe('extended')
    const after = api.stored.get('passwords')?.data ?? {}
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort())
    for (const key of Object.keys(before).filter((key) => !/log|routes/.test(key))) {
      expect([key, after[key]]).toEqual([key, before[key]])
    }
  })

  it('of the master key are made, never asked for', async () => {
    await keepSecret(cluster, 'master-key')
    await keepSecret(cluster, 'master-key')
    expect(api.asked).toEqual(Array(2).fill('POST /api/v1/namespaces/pf/secrets'))
    expect(Buffer.from(api.value('master-key', 'master.key'), 'base64url')).toHaveLength(32)
  })

  it('of the stores say one password twice', async () => {
    const stores = await clusterSecrets.stores()
    expect(new URL(stores['database-owner-url'] ?? '').password).toBe(stores['postgres-password'])
  })

  it('are refused in words where the API server refuses, without what they hold', async () => {
    await expect(keepSecret({ ...cluster, token: 'another' }, 'master-key')).rejects.toMatchObject({
      code: 'cluster_refused',
      message: 'could not create the Secret master-key: 401 Unauthorized who?',
    })
  })
})
