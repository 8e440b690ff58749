import { parentPort } from 'node:worker_threads'
import { openConfigured, scrape } from '@pf/service-kit'
import { startStorage } from '@pf/storage'
import type { FromThread, ToThread } from './threads.ts'

/**
 * storage on a thread of its own: reading, deciding and writing a bank's whole history keeps a processor busy for
 * seconds, and nobody's question shall wait for it. It talks over the bus and the log like every other service.
 */
if (parentPort === null) throw new Error('storage-thread runs as a worker of services.js.')
const port = parentPort
const platform = await openConfigured('storage')
const storage = await startStorage(platform)
const say = (message: FromThread) => port.postMessage(message)
port.on('message', async (told: ToThread) => {
  // The process' own figures are the main thread's.
  if (told !== 'stop') return say({ number: told.number, answer: await scrape([platform.metrics], { thread: true }) })
  await storage.stop()
  await platform.close()
  port.close()
})
say('ready')
