import type { Context } from '@pf/contracts'
import { type LogFault, type VerifiedLog, verifyLog } from '@pf/eventing'
import type { Command } from './command.ts'
import { contextsOf } from './contexts.ts'
import { sealerFor } from './recorded.ts'
import { counted, show } from './terminal.ts'

export const verify: Command = {
  usage: 'verify [context] [--open] [--json]',
  about: `Reads whole streams: nothing missing, versions contiguous, hashes chained, message ids and types as they must be.
With --open every body is opened, too (nothing of it is shown), which needs the master key. Exit code 1 where there is a
fault; each is named with its aggregate and sequence. What the erasure ledger explains is none.`,
  options: { open: { type: 'boolean' } },
  words: [0, 1],
  async run({ words, options }, { installation, terminal }) {
    const log = await installation.eventLog()
    const ledger = await installation.ledger()
    const erased = async (context: Context, from: number, upTo: number) =>
      (await ledger?.purged(context, from, upTo)) ?? false
    const sealer = await sealerFor(installation, options['open'] === true)
    const faults: LogFault[] = []
    const verified: VerifiedLog[] = []
    for (const context of contextsOf(words[0])) {
      const onFault = (fault: LogFault) => {
        faults.push(fault)
        if (!terminal.json)
          terminal.out(`FAULT ${fault.context} ${fault.seq} ${fault.kind} ${fault.subject ?? '-'}: ${fault.problem}`)
      }
      verified.push(await verifyLog(log, sealer, { context, onFault, erased, signal: terminal.signal }))
    }
    const rows = verified.map((one) => [
      one.context,
      one.messages,
      one.events,
      one.aggregates,
      one.unreadable,
      one.lastSeq,
      one.faults,
    ])
    const head = ['CONTEXT', 'MESSAGES', 'EVENTS', 'AGGREGATES', 'KEY GONE', 'UP TO', 'FAULTS']
    show(terminal, head, rows, { verified, faults })
    if (!terminal.json) terminal.out(faults.length === 0 ? 'No fault.' : `${counted(faults.length)} faults.`)
    return faults.length === 0 ? 0 : 1
  },
}
