import { connect } from '@nats-io/transport-node'
import { createCommandHandler, systemClock, systemIds, systemTiming } from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { openSealer } from '@pf/eventing/testing'
import type { LogSettings } from '../staging/broker.ts'
import { createChance } from '../staging/chance.ts'
import { messageOf, nameOf, optionsOf, say } from './speech.ts'
import { laterTally, spaceId, tally } from './tally.ts'

export type WriterOptions = LogSettings & {
  url: string
  seed: string
  /** Begins the ids of its commands, `<name>-<n>`. */
  name: string
  tallies: readonly string[]
  /** As many as come until it is stopped, unless told. */
  commands?: number
  /** Commands under way at a time. */
  width: number
  /** Bytes of each event beside its number. */
  padding?: number
  pauseMs?: number
  /** Writes as a later release would. */
  later?: boolean
}

/**
 * Gives commands until each was acknowledged, as every caller of ours does: what is of unknown outcome is repeated with
 * the same id. Says `acked`, `unknown`, `refused` (with the error's name), and `done` at the end.
 */
const options = optionsOf<WriterOptions>()
const nc = await connect({ servers: options.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['connection'], ...options })
const parts = { log, sealer: openSealer(), clock: systemClock, ids: systemIds }
const handler = options.later ? createCommandHandler(laterTally, parts) : createCommandHandler(tally, parts)
const chance = createChance(`${options.seed} ${options.name}`)
let isStopping = false
process.on('SIGTERM', () => {
  isStopping = true
})

async function give(commandId: string, aggregateId: string, by: number): Promise<void> {
  const command = { by, padding: 'x'.repeat(options.padding ?? 0) }
  while (!isStopping) {
    try {
      const { position } = await handler.handle({ spaceId, aggregateId }, command, { commandId })
      say('acked', { id: commandId, tally: aggregateId, by, position })
      return
    } catch (error) {
      const unknown = nameOf(error) === 'UnknownOutcome'
      say(unknown ? 'unknown' : 'refused', { id: commandId, name: nameOf(error), message: messageOf(error) })
      await systemTiming.wait(unknown ? 10 : 200)
    }
  }
}

function* commandsToGive() {
  for (let n = 0; n < (options.commands ?? Number.POSITIVE_INFINITY) && !isStopping; n++) {
    yield { id: `${options.name}-${n}`, tally: chance.one(options.tallies), by: chance.between(1, 9) }
  }
}

say('started')
const waiting = commandsToGive()
const lanes = Array.from({ length: options.width }, async () => {
  for (const { id, tally, by } of waiting) {
    await give(id, tally, by)
    if (options.pauseMs) await systemTiming.wait(options.pauseMs)
  }
})
await Promise.all(lanes)
say('done')
await nc.close()
process.exit(0)
