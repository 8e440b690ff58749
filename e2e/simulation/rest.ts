import { tmpdir } from 'node:os'
import { platformConfig } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import type { Outside } from './processes.ts'

/** Parts of a platform that nothing simulated asks: made once, before time is taken over. */
export async function openRest(): Promise<Outside['rest']> {
  const { metrics, wire } = await createMemoryPlatform()
  const environment = { PF_DATA_DIR: tmpdir(), NATS_URL: 'nats://memory', DATABASE_URL: 'postgresql://memory/memory' }
  const config = { ...platformConfig(environment), sandbox: 'off' as const, publicUrl: 'http://localhost:3000' }
  return { metrics, wire, config, live: () => config }
}
