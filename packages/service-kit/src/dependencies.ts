import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { ObjectStore } from '@pf/object-store'
import type { PlatformConfig } from './config/index.ts'
import { Unwell } from './health.ts'

/** Below this the broker and PostgreSQL soon refuse to write; so they are not the first to say so. */
const leastFreeBytes = 200 * 1024 * 1024
const megabyte = 1024 * 1024

/** Of the file system that a folder lies on. */
export async function diskOf(folder: string): Promise<{ free: number; size: number }> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, size: blocks * bsize }
}

export type Parts = { ping(): Promise<void>; orm: MikroORM; objects: ObjectStore }

/** What a service stands on, one question each; a throw is the answer of what is not well. */
export function dependencyChecks(
  {
    objectStoreUrl,
    masterKeyFile,
    masterKey,
    masterKeySsm,
    dataDir,
  }: Pick<PlatformConfig, 'objectStoreUrl' | 'masterKeyFile' | 'masterKey' | 'masterKeySsm' | 'dataDir'>,
  { ping, orm, objects }: Parts,
): Record<string, () => Promise<unknown>> {
  return {
    nats: ping,
    postgres: () => orm.em.fork().execute('select 1'),
    async objects() {
      // A folder that is gone lists as an empty one.
      if (objectStoreUrl.startsWith('file:')) await access(fileURLToPath(objectStoreUrl), constants.W_OK)
      // A prefix that nothing has: one cheap question, whatever the store holds.
      for await (const _ of objects.list('health-check/')) return
    },
    // It is in memory since the start; the next start asks for the file.
    async masterKey() {
      if (masterKey === undefined && masterKeySsm === undefined) await access(masterKeyFile, constants.R_OK)
    },
    async disk() {
      const { free } = await diskOf(dataDir)
      if (free < leastFreeBytes) throw new Unwell(`only ${Math.floor(free / megabyte)} MB are left`)
    },
  }
}
