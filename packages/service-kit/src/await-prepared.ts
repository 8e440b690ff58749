import { setTimeout as wait } from 'node:timers/promises'
import { connect } from '@nats-io/transport-node'
import type { PlatformConfig } from './config/index.ts'
import { databaseAccess, openDatabase } from './database.ts'
import { createLogger, type Logger } from './logger.ts'
import { brokerOptions } from './nats.ts'

const everyMs = 1_000
const toldEveryMs = 15_000

/**
 * Resolves when broker and database take this service as who it is, and the schemas are those of this version: where nothing
 * starts in an order (a cluster). Says every 15 s what it waits for; waits until it is ended.
 */
export async function awaitPrepared(
  config: PlatformConfig,
  { name, logger, signal }: { name: string; logger: Logger; signal: AbortSignal },
): Promise<void> {
  let toldAt = Number.NEGATIVE_INFINITY
  for (;;) {
    try {
      await knock(config, name)
      return
    } catch (err) {
      const now = performance.now()
      if (now - toldAt >= toldEveryMs) {
        logger.info({ err }, 'not prepared yet')
        toldAt = now
      }
    }
    await wait(everyMs, undefined, { signal })
  }
}

/** Throws whatever a start would meet. */
async function knock(config: PlatformConfig, name: string): Promise<void> {
  const logger = createLogger({ name, level: 'silent' })
  const orm = await openDatabase({ ...(await databaseAccess(config, name)), pool: 1, name, logger })
  await orm.close(true)
  const nats = await connect({ ...(await brokerOptions(config, name)), reconnect: false, timeout: 5_000 })
  await nats.close()
}
