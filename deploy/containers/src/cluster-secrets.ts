import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { participantNames, serviceNames } from '@pf/contracts'
import { makeSecrets } from './secrets.ts'

/** What a Secret of Kubernetes holds, in the clear: its keys have no slashes. */
export type SecretData = Readonly<Record<string, string>>

/** The Secrets of an installation in a cluster. What stands in one stays; what is missing is made. */
export const clusterSecrets = {
  passwords,
  'master-key': async (): Promise<SecretData> => ({ 'master.key': randomBytes(32).toString('base64url') }),
  stores: async (): Promise<SecretData> => {
    const password = randomBytes(24).toString('base64url')
    return {
      'postgres-password': password,
      'database-owner-url': `postgresql://pf:${password}@postgres:5432/pf`,
      's3-access-key-id': 'personal-finances',
      's3-secret-access-key': randomBytes(24).toString('base64url'),
    }
  },
} as const satisfies Record<string, (found: SecretData) => Promise<SecretData>>

export type ClusterSecretName = keyof typeof clusterSecrets

/**
 * As `makeSecrets` lays them out, with dots for slashes: a pod mounts the items that are its own. `nats.<participant>` is the
 * password as the broker reads it from its environment (deploy/nats/users.conf).
 */
async function passwords(found: SecretData): Promise<SecretData> {
  const folder = await mkdtemp(join(tmpdir(), 'pf-secrets-'))
  try {
    for (const [key, value] of Object.entries(found)) {
      const path = pathOf(key)
      if (path === undefined) continue
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), value, { mode: 0o600 })
    }
    await makeSecrets(folder)
    const made: Record<string, string> = {}
    for (const path of await filesOf(folder)) {
      if (path !== 'nats/users.conf') made[path.replaceAll('/', '.')] = await readFile(join(folder, path), 'utf8')
    }
    for (const name of participantNames) made[`nats.${name}`] = JSON.stringify(made[brokerKeyOf(name)])
    // Between the brokers of a cluster.
    made['nats.routes'] = found['nats.routes'] ?? randomBytes(24).toString('base64url')
    return made
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A key that `makeSecrets` has a file for; what the broker reads follows from those. */
const pathOf = (key: string): string | undefined =>
  /^(?!nats\.)[a-z-]+(\.[a-z-]+)+$/.test(key) ? key.replaceAll('.', '/') : undefined

const brokerKeyOf = (name: string): string => `${isService(name) ? name : 'operator'}.broker.${name}`
const isService = (name: string): boolean => serviceNames.some((service) => service === name)

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}
