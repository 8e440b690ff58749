import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { participantNames, serviceNames } from '@pf/contracts'
import { makeSecrets } from './secrets.ts'

describe('the secrets of an installation in containers', () => {
  let folder: string
  const at = (...path: string[]) => join(folder, ...path)
  const read = (...path: string[]) => readFile(at(...path), 'utf8')

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pf-secrets-'))
    await makeSecrets(folder)
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('lie so that a service that mounts its folder sees its own alone', async () => {
    for (const service of serviceNames) {
      expect(await readdir(at(service, 'broker'))).toEqual([service])
      expect(await readdir(at(service, 'database'))).toEqual([service])
      expect((await stat(at(service, 'broker', service))).mode & 0o777).toBe(0o600)
    }
  })

  it('are the ones that broker and database are given', async () => {
    const users = await read('nats', 'users.conf')
    for (const name of participantNames) expect(users).toContain(`user: "${name}"`)
    for (const service of serviceNames) {
      expect(users).toContain(`password: ${JSON.stringify(await read(service, 'broker', service))}`)
      expect(await read('prepare', 'database', service)).toBe(await read(service, 'database', service))
    }
  })

  it('make auth the clients that Keycloak is told of, and are its own beyond that', async () => {
    expect((await readdir(at('auth', 'keycloak'))).sort()).toEqual(['gateway', 'identity-admin'])
    for (const client of ['gateway', 'identity-admin'])
      expect(await read('keycloak', client)).toBe(await read('auth', 'keycloak', client))
    expect((await readdir(at('keycloak'))).sort()).toEqual(['administrator', 'database', 'gateway', 'identity-admin'])
  })

  it('are other ones for everybody, and stay at the next start', async () => {
    const ofKeycloak = (await readdir(at('keycloak'))).map((name) => read('keycloak', name))
    const all = await Promise.all([
      ...serviceNames.flatMap((name) => [read(name, 'broker', name), read(name, 'database', name)]),
      ...ofKeycloak,
    ])
    expect(new Set(all).size).toBe(serviceNames.length * 2 + ofKeycloak.length)
    const before = await read('nats', 'users.conf')
    await makeSecrets(folder)
    expect(await read('nats', 'users.conf')).toBe(before)
  })
})
