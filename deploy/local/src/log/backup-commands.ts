import { drillBackup } from './backup/drill.ts'
import { remakeLake } from './backup/remake-lake.ts'
import { restoreBackup } from './backup/restore-backup.ts'
import { takeBackup } from './backup/take-backup.ts'
import { type Command, type Options, textOf } from './command.ts'
import { UsageError } from './refusals.ts'
import { root } from './root.ts'
import { counted, placeOf, sized } from './terminal.ts'

export const exportBackup: Command = {
  usage: 'export DIR [--objects] [--json]',
  about: `A backup of log, vault, ledger and raw objects in a new folder, also of a system that runs.
Raw objects are named with their sizes; --objects copies them, too (sealed, as they lie in the store). The lake, the marts
and the read models are no part of it: they are made again. Nor is the master key: without it nothing of a backup can be
read, so keep it elsewhere. The erasure ledger is copied for you to look at; a restore takes the newest one.`,
  options: { objects: { type: 'boolean' } },
  words: [1, 1],
  async run({ words, options }, { installation, terminal }) {
    const folder = placeOf(words[0])
    const { err: say, signal } = terminal
    const manifest = await takeBackup(installation, { folder, objects: options['objects'] === true, root, say, signal })
    if (terminal.json) terminal.out(JSON.stringify({ folder, ...manifest }, null, 2))
    else {
      const messages = manifest.streams.reduce((sum, stream) => sum + stream.messages, 0)
      const bytes =
        manifest.files.reduce((sum, file) => sum + file.bytes, 0) +
        (manifest.objects.copied ? manifest.objects.bytes : 0)
      terminal.out(
        `${folder}: ${counted(messages)} messages, ${counted(manifest.objects.count)} raw objects, ${sized(bytes)}.`,
      )
      terminal.out('Keep it as a secret, and apart from it: the master key, and the newest erasure ledger.')
    }
    return 0
  },
}

export const importBackup: Command = {
  usage: 'import DIR [--json]',
  about: `Restores a backup into an empty installation, all of it or nothing.
The master key (PF_MASTER_KEY_FILE) and the newest erasure ledger (PF_ERASURE_LEDGER) have to be in their places before: what
the ledger says was erased since is not restored. Checksums are compared before anything is written, every message after.
Sequences stay what they were. The lake is made again from the raw objects; marts and read models at the first start.`,
  options: {},
  words: [1, 1],
  makes: true,
  async run({ words }, { installation, terminal }) {
    const folder = placeOf(words[0])
    const { err: say, signal } = terminal
    const restored = await restoreBackup(installation, { folder, say, signal })
    const lake = await remakeLake(installation.config, say)
    if (terminal.json) terminal.out(JSON.stringify({ ...restored, lake }, null, 2))
    else {
      terminal.out(
        `Restored what was there at ${restored.madeAt}: ${counted(restored.messages)} messages, ${counted(restored.objects)} raw objects, ` +
          `${counted(lake.files)} files of the lake, ${counted(restored.erasures)} erasures kept.`,
      )
      for (const key of lake.lost) terminal.out(`Not made again: ${key}`)
      terminal.out('Start the services: read models and marts are made from this.')
    }
    return lake.lost.length === 0 ? 0 : 1
  },
}

export const drill: Command = {
  usage: 'drill DIR [--nats URL --database URL] [--json]',
  about: `Proves a backup: restores it into an installation of its own, made for it in a temporary folder and removed after.
Every message is the one that was copied, every body opens, the lake is made again. No service runs on it, so no bank is
asked. The backup needs its raw objects (--objects), the drill room for all of it and the master key. What passed is
remembered: GET /operations tells the last one. Exit code 1 where something is amiss.
--nats and --database name an empty broker and an empty database to restore into; without them it starts its own.`,
  options: { nats: { type: 'string' }, database: { type: 'string' } },
  words: [1, 1],
  async run({ words, options }, { installation, terminal }) {
    const { err: say, signal } = terminal
    const around = { root, environment: process.env, say, signal, stores: drillStores(options) }
    const drilled = await drillBackup(installation, { folder: placeOf(words[0]), ...around })
    const hasPassed = drilled.faults === 0 && drilled.lost.length === 0
    if (terminal.json) terminal.out(JSON.stringify({ passed: hasPassed, ...drilled }, null, 2))
    else
      terminal.out(
        `${hasPassed ? 'Passed' : 'NOT PASSED'}: the backup of ${drilled.madeAt} restored with ${counted(drilled.messages)} messages, ` +
          `${counted(drilled.objects)} raw objects, ${counted(drilled.lakeFiles)} files of the lake; ${counted(drilled.faults)} faults, ` +
          `${counted(drilled.lost.length)} not made again.`,
      )
    return hasPassed ? 0 : 1
  },
}

function drillStores(options: Options) {
  const [NATS_URL, DATABASE_URL] = [textOf(options, 'nats'), textOf(options, 'database')]
  if (NATS_URL !== undefined && DATABASE_URL !== undefined) return { NATS_URL, DATABASE_URL }
  if (NATS_URL === undefined && DATABASE_URL === undefined) return undefined
  throw new UsageError('Of --nats and --database one is given; expected both, or neither.')
}
