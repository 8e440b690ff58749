import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { aggregates } from '@pf/contracts'
import type { Manifest } from './manifest.ts'
import { BackupRefused } from './refusals.ts'

/** Which version of ours this is. */
export async function ownVersion(root: string): Promise<string> {
  const text = await readFile(join(root, 'deploy/local/package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** What this version of the code knows to read: the newest version of each event, and the migrations of the database. */
export async function knowledge(orm: MikroORM): Promise<Pick<Manifest, 'events' | 'migrations'>> {
  const executed = await orm.migrator.getExecuted()
  return {
    events: Object.fromEntries(
      aggregates.flatMap(({ context, events }) => events.map(({ type, version }) => [`${context}.${type}`, version])),
    ),
    migrations: executed.map(({ name }) => name),
  }
}

/** Throws BackupRefused (`backup_newer`) where the backup may hold what this version or this broker cannot read. */
export async function assertReadable(manifest: Manifest, orm: MikroORM, natsVersion: string): Promise<void> {
  await assertKnown(manifest, orm)
  if (isNewer(manifest.madeBy.nats, natsVersion)) {
    throw newer(`nats-server ${manifest.madeBy.nats} made it, this one is ${natsVersion}`)
  }
}

/** Throws BackupRefused (`backup_newer`) where there may be events or rows that this version cannot read. */
export async function assertKnown(manifest: Pick<Manifest, 'events' | 'migrations'>, orm: MikroORM): Promise<void> {
  const known = await knowledge(orm)
  const events = Object.entries(manifest.events).filter(([type, version]) => version > (known.events[type] ?? 0))
  const migrations = manifest.migrations.filter((name) => !known.migrations.includes(name))
  const strange = [
    ...events.map(([type, version]) => `event ${type} v${version}`),
    ...migrations.map((name) => `migration ${name}`),
  ]
  if (strange.length > 0) throw newer(`it has ${strange.slice(0, 5).join(', ')}, which this version does not know`)
}

const newer = (found: string) =>
  new BackupRefused(
    'backup_newer',
    `What was copied is newer than what shall read it: ${found}. Install the newer version first.`,
  )

/** By major and minor: within one the format of streams does not change. */
function isNewer(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major > otherMajor || (major === otherMajor && minor > otherMinor)
}
