import { connectionErasureEvents, spaceErasureEvents, systemSpace } from '@pf/contracts'
import { addressOf, type EventLog } from '@pf/eventing'
import type { Command } from './command.ts'
import type { Installation } from './installation.ts'
import { show } from './terminal.ts'

type Pending = { id: string; of: 'space' | 'connection'; state: 'asked' | 'erasing'; since: string }

/** What stands in the log of one kind of erasures: their ids and types are in the open. */
const kinds = [
  { of: 'space', declared: spaceErasureEvents, last: 'SpaceErased' },
  { of: 'connection', declared: connectionErasureEvents, last: 'ConnectionErased' },
] as const

export const erasures: Command = {
  usage: 'erasures [--json]',
  about: `What was promised to be erased and is not yet: ids, since when, and how far.
"asked": accepted, its banks are being told; "erasing": in the ledger and beyond return, tried again until every service has
answered and nothing is found. Of the log and the ledger, whether anything runs or not. Exit code 1 where one is pending.`,
  options: {},
  words: [0, 0],
  async run(_, { installation, terminal }) {
    const pending = await pendingErasures(installation, terminal.signal)
    const rows = pending.map(({ id, of, state, since }) => [id, of, state, since.slice(0, 19)])
    if (pending.length === 0 && !terminal.json) terminal.out('Nothing waits to be erased.')
    else show(terminal, ['ERASURE', 'OF', 'STATE', 'SINCE'], rows, { erasures: pending })
    return pending.length === 0 ? 0 : 1
  },
}

/** Oldest first. */
export async function pendingErasures(installation: Installation, signal: AbortSignal): Promise<Pending[]> {
  const log = await installation.eventLog()
  const ledger = await installation.ledger()
  const begun = new Set(((await ledger?.scopes()) ?? []).map(({ erasureId }) => erasureId))
  const found = await Promise.all(kinds.map((kind) => pendingOf(log, kind, begun, signal)))
  return found.flat().sort((a, b) => (a.since < b.since ? -1 : 1))
}

async function pendingOf(
  log: EventLog,
  { of, declared: { context, aggregate }, last }: (typeof kinds)[number],
  begun: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Pending[]> {
  const pending = new Map<string, Pending>()
  for await (const { subject, headers, time } of log.scan(context, 0, signal, systemSpace)) {
    const at = addressOf(subject)
    if (at.aggregate !== aggregate) continue
    const id = at.aggregateId
    if ((headers['ce-type'] ?? '').split(',').includes(last)) pending.delete(id)
    else pending.set(id, { id, of, state: begun.has(id) ? 'erasing' : 'asked', since: time })
  }
  return [...pending.values()]
}
