import type { MikroORM } from '@mikro-orm/postgresql'
import type { Rest } from '@pf/contracts'
import { lastDrill } from '@pf/vault/postgres'

/** As operators are told of it. */
export async function passedDrill(orm: MikroORM): Promise<Rest.PassedDrill | null> {
  const found = await lastDrill(orm)
  if (found === undefined) return null
  const { passedAt: passed_at, backupMadeAt: backup_made_at, messages, rawObjects: raw_objects } = found
  return { passed_at, backup_made_at, messages, raw_objects }
}
