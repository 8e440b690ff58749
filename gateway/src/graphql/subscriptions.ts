import { Rest } from '@pf/contracts'
import { GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLString } from 'graphql'
import { reads } from '../compose/reads.ts'
import type { ReadFields } from './read-field.ts'
import type { ReadChanges } from './reading.ts'
import type { Fields, Shapes } from './shapes.ts'

const position = {
  type: new GraphQLNonNull(GraphQLString),
  description: 'What REST’s `Log-Position` waits for, so that it answers no less than this does.',
}
const unfinished: readonly Rest.SyncStatus[] = ['queued', 'fetching', 'storing', 'materialising']
const syncsWatched = 200

/** Each event is read as a query would read it: the fields that are asked for, at the position of the change. */
export function subscriptions(shapes: Shapes, readFields: ReadFields): Fields {
  const transactionsChange = new GraphQLObjectType({
    name: 'TransactionsChange',
    fields: () => ({
      log_position: position,
      transactions: readFields.of('transactions'),
      accounts: readFields.of('accounts'),
      spending: readFields.of('spending'),
      cashFlow: readFields.of('cashFlow'),
      netWorth: readFields.of('netWorth'),
    }),
  })
  const connectionChange = new GraphQLObjectType({
    name: 'ConnectionChange',
    fields: () => ({
      id: { type: new GraphQLNonNull(GraphQLID) },
      log_position: position,
      connection: {
        type: shapes.object(Rest.Connection, 'BankConnection'),
        description: 'As it is now; null where it is gone.',
      },
    }),
  })
  return {
    transactionsChanged: {
      type: new GraphQLNonNull(transactionsChange),
      description: 'Rows, balances and figures are new: ask for those you show.',
      subscribe: (_source, _args, { live }) => live?.changes({ topics: ['marts'], atOnce: false, read: transactions }),
    },
    syncProgress: {
      type: new GraphQLNonNull(shapes.object(Rest.Sync, 'Sync')),
      description: 'First the syncs that are under way, then each sync whenever it has moved on.',
      args: { run_id: { type: GraphQLID }, connection_id: { type: GraphQLID }, account_id: { type: GraphQLID } },
      subscribe: (_source, args, { live }) =>
        live?.changes({ topics: ['syncs'], atOnce: true, read: syncProgress(args) }),
    },
    connectionChanged: {
      type: new GraphQLNonNull(connectionChange),
      description: 'A bank’s consent, state, quota or last sync is another: of one connection, or of any.',
      args: { id: { type: GraphQLID } },
      subscribe: (_source, { id }, { live }) =>
        live?.changes({ topics: ['connections', 'syncs'], atOnce: true, read: connectionChanges(id) }),
    },
  }
}

const transactions: ReadChanges = async (_reading, log_position) => [{ transactionsChanged: { log_position } }]

function syncProgress(args: Readonly<Record<string, unknown>>): ReadChanges {
  const filter = Object.fromEntries(Object.entries(args).filter(([, value]) => value != null))
  const seen = new Map<string, string>()
  let isFirst = true
  return async ({ ask }) => {
    const { items } = await reads.syncs(ask, { params: {}, query: { ...filter, limit: syncsWatched } })
    // Oldest first, as they happened.
    const moved = items.toReversed().filter((sync) => isAnother(seen, sync.id, sync))
    const told = moved.filter(({ status }) => !isFirst || unfinished.includes(status))
    isFirst = false
    return told.map((sync) => ({ syncProgress: sync }))
  }
}

function connectionChanges(wanted: unknown): ReadChanges {
  const seen = new Map<string, string>()
  let isFirst = true
  return async (reading, position) => {
    const all = await reading.connections
    const ids = new Set([...seen.keys(), ...all.keys()])
    const changed = [...ids].filter(
      (id) => (wanted == null || id === wanted) && isAnother(seen, id, all.get(id) ?? null),
    )
    const wasFirst = isFirst
    isFirst = false
    if (wasFirst) return []
    return changed.map((id) => ({
      connectionChanged: { id, log_position: position ?? '', connection: all.get(id) ?? null },
    }))
  }
}

/** Remembers it as it is now. */
function isAnother(seen: Map<string, string>, id: string, value: object | null): boolean {
  const now = JSON.stringify(value)
  const before = seen.get(id)
  seen.set(id, now)
  return before !== now
}
