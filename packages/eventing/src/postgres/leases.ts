import type { MikroORM } from '@mikro-orm/postgresql'
import type { Leases, Timing } from '../ports.ts'
import { systemTiming } from '../system.ts'
import { createLocks } from './locks.ts'

/** Advisory locks on one session of this process, which is asked every second whether it lives. */
export function createPostgresLeases(orm: MikroORM, { timing = systemTiming }: { timing?: Timing } = {}): Leases {
  const locks = createLocks(orm.driver.getConnection().getClient<unknown>(), timing)
  return { acquire: (name, signal) => locks.lease(`lease ${name}`, signal) }
}
