import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { participantNames, serviceNames } from '@pf/contracts'
import { usersFile } from '@pf/service-kit/broker'

/** Whose container sees which folder: each service its own alone, `prepare` and `operator` what they work with. */
const commands = participantNames.filter((name) => !serviceNames.some((service) => service === name))

/**
 * The passwords of this installation below `folder`, made where they are missing; what stands there stays. A folder for each
 * container, which mounts that and nothing else:
 * `<service>/{broker,database}/<service>`, `operator/broker/<command>`, `prepare/database/<service>`, `nats/users.conf`.
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
  // The broker's image runs as another user; nobody else mounts this folder.
  await replace(join(folder, 'nats', 'users.conf'), users, 0o644)
}

async function secretAt(path: string): Promise<string> {
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found !== undefined && found.trim() !== '') return found.trim()
  const secret = randomBytes(24).toString('base64url')
  await replace(path, secret, 0o600)
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
