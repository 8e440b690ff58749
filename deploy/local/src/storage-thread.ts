import { parentPort } from 'node:worker_threads'
import { openPlatform, platformConfig } from '@pf/service-kit'
import { startStorage } from '@pf/storage'

/**
 * storage on a thread of its own: reading, deciding and writing a bank's whole history keeps a processor busy for
 * seconds, and nobody's question shall wait for it. It talks over the bus and the log like every other service.
 */
if (parentPort === null) throw new Error('storage-thread runs as a worker of services.js.')
const port = parentPort
const platform = await openPlatform(platformConfig(), { name: 'storage' })
const storage = await startStorage(platform)
port.once('message', async () => {
  await storage.stop()
  await platform.close()
  port.close()
})
port.postMessage('ready')
