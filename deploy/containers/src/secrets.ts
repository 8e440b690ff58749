import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { participantNames, serviceNames } from '@pf/contracts'
import { usersFile } from '@pf/service-kit/broker'

/** Whose container sees which folder: each service its own alone, `prepare` and `operator` what they work with. */
const commands = participantNames.filter((name) => !serviceNames.some((service) => service === name))
/** Clients of the realm (deploy/keycloak), which auth is to Keycloak; and what Keycloak alone needs besides. */
const keycloakClients = ['gateway', 'identity-admin']
const ofKeycloak = ['database', 'administrator']

/**
 * The passwords of this installation below `folder`, made where they are missing; what stands there stays. A folder for each
 * container, which mounts that and nothing else:
 * `<service>/{broker,database}/<service>`, `operator/broker/<command>`, `prepare/database/<service>`, `nats/users.conf`,
 * `auth/keycloak/<client>`, `keycloak/{<client>,database,administrator}`, `grafana/administrator`.
 */
export async function makeSecrets(folder: string): Promise<void> {
  const brokerPasswords = new Map<string, string>()
  for (const service of serviceNames) {
    brokerPasswords.set(service, await secretAt(join(folder, service, 'broker', service)))
    const database = await secretAt(join(folder, service, 'database', service))
    await replace(join(folder, 'prepare', 'database', service), database, 0o600)
  }
  for (const command of commands) {
    brokerPasswords.set(command, await secretAt(join(folder, 'operator', 'broker', command)))
  }
  const users = usersFile((name) => JSON.stringify(brokerPasswords.get(name)))
  // The broker's image runs as another user; nobody else mounts this folder. Keycloak's and Grafana's as well.
  await replace(join(folder, 'nats', 'users.conf'), users, 0o644)
  for (const client of keycloakClients) {
    const secret = await secretAt(join(folder, 'auth', 'keycloak', client))
    await replace(join(folder, 'keycloak', client), secret, 0o644)
  }
  for (const name of ofKeycloak) await secretAt(join(folder, 'keycloak', name), 0o644)
  await secretAt(join(folder, 'grafana', 'administrator'), 0o644)
}

async function secretAt(path: string, mode = 0o600): Promise<string> {
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found !== undefined && found.trim() !== '') return found.trim()
  const secret = randomBytes(24).toString('base64url')
  await replace(path, secret, mode)
  return secret
}

/** Whole or not at all, also where the power goes: half a secret would lock its service out. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 })
  await writeFile(`${path}.new`, text, { mode, flush: true })
  await rename(`${path}.new`, path)
  const parent = await open(dirname(path))
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}
