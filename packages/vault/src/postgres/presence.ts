import type { EntityManager } from '@mikro-orm/postgresql'
import { VaultInUse } from '../refusals.ts'

/** A process that has not said so for this long is dead, or deaf: it is not waited for. Longer than `deafMs`, whatever the load. */
export const deadSeconds = 20

/** Throws VaultInUse where a process lives; `why`: what it would do. */
export async function assertNobodyHolds(em: EntityManager, why: string): Promise<void> {
  const living = await em.execute<{ name: string }[]>(
    'select name from vault.holders where seen_at > clock_timestamp() - make_interval(secs => ?) order by name',
    [deadSeconds],
  )
  if (living.length > 0)
    throw new VaultInUse(
      living.map(({ name }) => name),
      why,
    )
}
