import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brokerSecrets } from './nats.ts'
import { databaseSecrets } from './postgres.ts'

/** Settings for who talks to the stores of an installation. */
export type Addresses = { NATS_URL: string; PF_NATS_SECRETS: string; DATABASE_URL: string; PF_DATABASE_SECRETS: string }

/**
 * Where the event log and the database of a running `npm start` answer, for a command beside it. Undefined where none runs
 * in this data folder.
 */
export function runningAddresses(dataDir: string): Addresses | undefined {
  const secretOf = (name: string) => readFileSync(join(dataDir, 'secrets', name), 'utf8')
  const natsConfig = join(dataDir, 'run', 'nats.conf')
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
  if (!existsSync(natsConfig) || !existsSync(pidFile)) return undefined
  const nats = /^listen: "([^"]+)"/m.exec(readFileSync(natsConfig, 'utf8'))?.[1]
  // The fourth line of a postmaster's file is its port (PostgreSQL, miscinit.h).
  const port = readFileSync(pidFile, 'utf8').split('\n')[3]
  if (nats === undefined || port === undefined) return undefined
  return {
    NATS_URL: `nats://${nats}`,
    PF_NATS_SECRETS: brokerSecrets(join(dataDir, 'secrets')),
    PF_DATABASE_SECRETS: databaseSecrets(join(dataDir, 'secrets')),
    DATABASE_URL: `postgresql://pf:${secretOf('postgres')}@127.0.0.1:${port.trim()}/postgres`,
  }
}
