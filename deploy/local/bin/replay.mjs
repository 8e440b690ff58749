#!/usr/bin/env node
/** `npm run replay`: builds what changed, finds the system that runs on this machine, and hands over to storage's replay. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { node, prepare, root } from './prepare.mjs'

prepare()
const { runningAddresses } = await import('../dist/addresses.js')
const dataDir = resolve(root, process.env.PF_DATA_DIR ?? '.data')
const addresses = process.env.NATS_URL ? {} : runningAddresses(dataDir)
if (addresses === undefined) {
  process.stderr.write(
    `No system runs on ${dataDir}. Start it (npm start), or set NATS_URL, DATABASE_URL and OBJECT_STORE_URL.\n`,
  )
  process.exit(1)
}
const replay = spawnSync(
  node,
  [join(root, 'services', 'storage', 'dist', 'replay-main.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PF_DATA_DIR: dataDir, ...addresses },
  },
)
process.exit(replay.status ?? 1)
