import { parentPort } from 'node:worker_threads'
import {
  collectGarbage,
  createLogger,
  openPlatform,
  openSettings,
  prepareDatabase,
  readEnvironment,
  scrape,
} from '@pf/service-kit'
import { startStorage } from '@pf/storage'
import type { FromThread, ToThread } from './threads.ts'

/**
 * storage on a thread of its own: reading, deciding and writing a bank's whole history keeps a processor busy for
 * seconds, and nobody's question shall wait for it. It talks over the bus and the log like every other service.
 */
if (parentPort === null) throw new Error('storage-thread runs as a worker of services.js.')
const port = parentPort
/** Its work waits for nobody, and a day's sync keeps it busy for a fifth of a second. */
const idleUpTo = 0.2
const say = (message: FromThread) => port.postMessage(message)
let running: Awaited<ReturnType<typeof begin>> | undefined

/**
 * It has loaded before the other thread, which reads the same settings: so it prepares the database meanwhile. Who asks how the
 * process is (PF_HEALTH_PORT) is answered there.
 */
const logger = createLogger({ name: 'storage' })
const settings = await openSettings({ logger }, { ...readEnvironment(), PF_HEALTH_PORT: undefined })
const { config } = settings

async function begin() {
  const platform = await openPlatform(config, { name: 'storage', settings })
  return { platform, storage: await startStorage(platform), collecting: collectGarbage(idleUpTo) }
}

port.on('message', async (told: ToThread) => {
  if (told === 'begin') {
    running = await begin()
    return say('ready')
  }
  // The process' own figures are the main thread's.
  if (told !== 'stop')
    return say({ number: told.number, answer: running && (await scrape([running.platform.metrics], { thread: true })) })
  await running?.collecting.stop()
  await running?.storage.stop()
  await running?.platform.close()
  settings.stop()
  port.close()
})
await prepareDatabase(config)
say('prepared')
