import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './system.ts'

export type Ended = { status: number | null; stdout: string; stderr: string }

/** `npm run log -- …` on a data folder, which a system may be running on. */
export function log(dataDir: string, ...args: readonly string[]): Ended {
  const env = { ...process.env, PF_DATA_DIR: dataDir }
  const command = [join(root, 'deploy/local/bin/log.mjs'), ...args]
  return spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8', timeout: 180_000 })
}
