import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contexts } from '@pf/contracts'
import { systemClock, verifyLog } from '@pf/eventing'
import { masterKeySource } from '@pf/service-kit'
import { recordDrill } from '@pf/vault/postgres'
import { type Installation, withInstallation } from '../installation.ts'
import { readManifest } from './manifest.ts'
import { BackupRefused } from './refusals.ts'
import { remakeLake } from './remake-lake.ts'
import { type Restored, type RestoreOptions, restoreBackup } from './restore-backup.ts'

export type Drilled = Restored & { lakeFiles: number; lost: string[]; faults: number }

type Environment = Readonly<Record<string, string | undefined>>

/** An empty broker and an empty database to restore into, where this machine can start none (a container). */
export type DrillStores = { NATS_URL: string; DATABASE_URL: string }

/**
 * Restores a backup into an installation that is made for it and removed after it, on stores of its own, and looks at what is
 * there: every message the one that was copied, every body opens, the lake is made again. No service is started: they would
 * ask real banks a second time. Where nothing is amiss, this installation remembers that the drill has passed.
 */
export async function drillBackup(
  installation: Installation,
  {
    root,
    environment,
    stores,
    ...options
  }: RestoreOptions & {
    root: string
    environment: Environment
    stores?: DrillStores | undefined
  },
): Promise<Drilled> {
  const { objects } = await readManifest(options.folder)
  if (!objects.copied) {
    throw new BackupRefused(
      'objects_not_copied',
      'The backup names its raw objects and holds none: a drill reads no store of the installation. Take one with --objects.',
    )
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-drill-'))
  try {
    const around = { makes: true, say: options.say }
    const beside = { ...besideIt(installation, environment, dataDir), ...stores }
    const drilled = await withInstallation(root, beside, around, (other) => restoreAndLook(other, options))
    if (drilled.faults === 0 && drilled.lost.length === 0) await remember(installation, drilled)
    return drilled
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** The same settings, but stores of its own; the master key and the newest ledger are where they are. */
function besideIt({ config }: Installation, environment: Environment, dataDir: string): Environment {
  const { NATS_URL, DATABASE_URL, OBJECT_STORE_URL, PF_NATS_SECRETS, PF_DATABASE_SECRETS, ...others } = environment
  // Parameter Store would name the stores of this installation again.
  const { PF_SSM_PATH, ...beside } = others
  return { ...beside, PF_DATA_DIR: dataDir, PF_ERASURE_LEDGER: config.erasureLedger, ...keyPlaceOf(config) }
}

function keyPlaceOf(config: Installation['config']): Environment {
  const key = masterKeySource(config)
  if (key.of === 'file') return { PF_MASTER_KEY_FILE: key.path }
  if (key.of === 'environment') return { PF_MASTER_KEY: key.text }
  return { PF_MASTER_KEY_SSM: key.parameter.name, PF_MASTER_KEY_SSM_ENDPOINT: key.parameter.endpoint }
}

async function restoreAndLook(other: Installation, options: RestoreOptions): Promise<Drilled> {
  const { say, signal } = options
  const restored = await restoreBackup(other, options)
  const { files, lost } = await remakeLake(other.config, say)
  for (const key of lost) say(`Not made again: ${key}`)
  const [log, sealer, ledger] = [await other.eventLog(), await other.keys(), await other.ledger()]
  let faults = 0
  for (const context of contexts) {
    await verifyLog(log, sealer, {
      context,
      signal,
      erased: async (...range) => (await ledger?.purged(...range)) ?? false,
      onFault({ seq, kind, problem }) {
        faults += 1
        say(`FAULT ${context} ${seq} ${kind}: ${problem}`)
      },
    })
  }
  return { ...restored, lakeFiles: files, lost, faults }
}

async function remember(installation: Installation, { madeAt, messages, objects }: Drilled): Promise<void> {
  const drilled = { backupMadeAt: madeAt, messages, rawObjects: objects }
  await recordDrill(await installation.database(), systemClock.now(), drilled)
}
