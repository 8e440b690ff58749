import { parentPort } from 'node:worker_threads'
import { openConfigured } from '@pf/service-kit'
import type { Account } from './application/present.ts'
import type { AskedOfThread, SaidByThread } from './replay-threads.ts'
import { accountComparison } from './start-replay.ts'

/** One of the threads of a replay: makes the lakes of the accounts that it is told again, one after another, and compares them. */
if (parentPort === null) throw new Error('replay-thread runs as a worker of replay-main.')
const port = parentPort
const platform = await openConfigured('replay')
const compare = accountComparison(platform)
const say = (said: SaidByThread) => port.postMessage(said)

async function compared(account: Account): Promise<SaidByThread> {
  try {
    return { compared: await compare(account) }
  } catch (error) {
    return { failed: error instanceof Error ? error : new Error(String(error)) }
  }
}

port.on('message', async (asked: AskedOfThread) => {
  if (asked !== 'stop') return say(await compared(asked))
  await platform.close()
  port.close()
})
