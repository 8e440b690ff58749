import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from './sources.ts'

type Container = {
  image: string
  profiles?: string[]
  restart?: string
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  privileged?: boolean
  network_mode?: string
  networks?: string[] | Record<string, unknown>
  ports?: string[]
  mem_limit?: string
  healthcheck?: { disable?: boolean; test?: string[] }
  environment?: Record<string, string>
  volumes?: (string | { source: string; target: string; volume?: { subpath?: string } })[]
}
type Composition = { services: Record<string, Container>; networks: Record<string, { internal?: boolean } | null> }

const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
const { services, networks } = parse(text, { merge: true }) as Composition
const all = Object.entries(services)
const once = all.filter(([, { restart }]) => restart === 'no').map(([name]) => name)
const networksOf = ({ networks: of = [] }: Container) => (Array.isArray(of) ? of : Object.keys(of))

describe('every container of the composition', () => {
  it.each(all)(
    '%s is held in: nothing to write, no capabilities, no more rights, bounded memory',
    (_name, container) => {
      expect(container).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
      expect(container.privileged ?? false).toBe(false)
      expect(container.mem_limit).toMatch(/\dm/)
    },
  )

  it.each(all.filter(([name]) => !once.includes(name)))(
    '%s starts again by itself, and says whether it is well',
    (_, container) => {
      expect(container.restart).toBe('unless-stopped')
      // The dashboard's image says it itself.
      if (container.image.startsWith('personal-finances/web')) return
      expect(container.healthcheck?.test?.length).toBeGreaterThan(1)
    },
  )

  it('keeps its capabilities in one case: a store whose start becomes a user of its own', () => {
    expect(all.filter(([, { cap_add }]) => cap_add !== undefined).map(([name]) => name)).toEqual(['s3'])
  })
})

describe('what is reached from outside', () => {
  it('is the web and the API, and in their profiles the demo bank, Keycloak and Grafana: on loopback unless told', () => {
    const published = all.filter(([, { ports }]) => ports !== undefined)
    const known = published.map(([name, { profiles }]) => [name, ...(profiles ?? [])])
    expect(known).toEqual([
      ['gateway'],
      ['web'],
      ['sandbox-bank', 'demo'],
      ['keycloak', 'keycloak'],
      ['grafana', 'observability'],
    ])
    for (const [, { ports = [] }] of published)
      for (const port of ports) expect(port).toMatch(/^\$\{PF_BIND:-127\.0\.0\.1\}:/)
  })

  it('leads to no store: those are on a network without a way out', () => {
    expect(networks['inside']).toEqual({ internal: true })
    for (const name of ['nats', 'postgres', 's3', 'prepare', 'storage', 'analytics', 'auth'])
      expect(networksOf(services[name] as Container)).toEqual(['inside'])
  })
})

describe('secrets', () => {
  it('come from files of one own folder each, or by name from .env.compose: none stands in the composition', () => {
    for (const [, { environment = {} }] of all)
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD$|SECRET(_ACCESS_KEY)?$|MASTER_KEY$|TOKEN$/.test(name))
          expect(value).toMatch(/^\$\{[A-Z0-9_]+(:\?[^}]*)?\}$/)
    expect(text).not.toMatch(/:\/\/[^\s$@/]+:[^\s$@/]+@/)
  })

  it('of one container are mounted by no other', () => {
    const mounted = all.flatMap(([name, { volumes = [] }]) =>
      volumes.flatMap((one) =>
        typeof one !== 'string' && one.source === 'secrets' ? [[name, one.volume?.subpath]] : [],
      ),
    )
    const elsewhere = mounted.filter(([name, folder]) => name !== folder)
    // It makes the role whose password that is.
    expect(elsewhere).toEqual([['keycloak-database', 'keycloak']])
  })

  it('of the demo bank is none: it sees no key of ours', () => {
    const { environment = {}, volumes } = services['sandbox-bank'] as Container
    expect(Object.keys(environment).filter((name) => !name.startsWith('PF_'))).toEqual([])
    expect(volumes).toEqual(['sandbox:/var/lib/personal-finances/sandbox'])
  })
})

describe('make restore', () => {
  it('makes its image before the first container of it runs: on a new machine there is none yet', () => {
    const recipe = /^restore:.*\n((?:\t.*\n)+)/m.exec(readFileSync(join(root, 'Makefile'), 'utf8'))?.[1] ?? ''
    const [made, run] = [recipe.indexOf('$(compose) build prepare'), recipe.indexOf('$(operated) run')]
    expect(made).toBeGreaterThan(0)
    expect(run).toBeGreaterThan(made)
  })
})
