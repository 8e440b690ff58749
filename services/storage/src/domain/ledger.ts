import { type Counts, type Dataset, type LakeFile, type LedgerEvent, refuse } from '@pf/contracts'

/**
 * One account's ledger: the order in which its identity decisions were made and, with it, the manifest of its files.
 * The decisions themselves are rows of the lake; an event names the files that hold them.
 */
export type Ledger = {
  /** Syncs whose transactions, and whose balances, are in the lake. */
  readonly transactions: readonly string[]
  readonly balances: readonly string[]
  /** Number of the account's last decision. */
  readonly decisionSeq: number
  /** Observations and decisions, oldest first: what the present state of the account's transactions is folded from. */
  readonly files: readonly LakeFile[]
  /** Files that describe the account. */
  readonly described: readonly string[]
}

type OfSync = { syncId: string; runId: string; connectionId: string; accountId: string; storedAt: string }

/** What a sync brought, already decided and uploaded. A part that did not come is absent. */
export type StoreSync = OfSync & {
  type: 'StoreSync'
  transactions?: {
    window: { from: string; to: string }
    /** The ledger's `decisionSeq` that these decisions were made against, and the one after them. */
    decidedFrom: number
    decisionSeq: number
    files: LakeFile[]
    counts: Counts
    vanished: number
    normaliserVersion: number
    identityVersion: number
  }
  balances?: { files: LakeFile[] }
}
/** What the bank said of the account when a consent was linked. The same description is the same file. */
export type DescribeAccount = {
  type: 'DescribeAccount'
  accountId: string
  connectionId: string
  files: LakeFile[]
  describedAt: string
}
export type LedgerCommand = StoreSync | DescribeAccount

export const initial: Ledger = {
  transactions: [],
  balances: [],
  decisionSeq: 0,
  files: [],
  described: [],
}

export function decide(command: LedgerCommand, state: Ledger): LedgerEvent[] {
  return command.type === 'StoreSync' ? store(command, state) : describe(command, state)
}

function store(command: StoreSync, state: Ledger): LedgerEvent[] {
  const { syncId, runId, connectionId, accountId, storedAt } = command
  const events: LedgerEvent[] = []
  if (command.transactions && !state.transactions.includes(syncId)) {
    const { decidedFrom, ...stored } = command.transactions
    if (decidedFrom !== state.decisionSeq) {
      throw refuse(
        'conflict',
        `Decisions were made against ${decidedFrom} earlier ones and there are ${state.decisionSeq}; decide again.`,
      )
    }
    events.push({
      type: 'TransactionsStored',
      data: { syncId, runId, connectionId, accountId, ...stored, storedAt },
    })
  }
  if (command.balances && !state.balances.includes(syncId)) {
    events.push({ type: 'BalancesStored', data: { syncId, accountId, files: command.balances.files, storedAt } })
  }
  return events
}

function describe({ type: _, ...data }: DescribeAccount, state: Ledger): LedgerEvent[] {
  const known = data.files.every((file) => state.described.includes(file.key))
  return known ? [] : [{ type: 'AccountDescribed', data }]
}

const foldedFrom: readonly Dataset[] = ['observations', 'decisions']

export function evolve(state: Ledger, { type, data }: LedgerEvent): Ledger {
  switch (type) {
    case 'TransactionsStored':
      return {
        ...state,
        transactions: [...state.transactions, data.syncId],
        decisionSeq: data.decisionSeq,
        files: [...state.files, ...data.files.filter((file) => foldedFrom.includes(file.dataset))],
      }
    case 'BalancesStored':
      return { ...state, balances: [...state.balances, data.syncId] }
    case 'AccountDescribed':
      return { ...state, described: [...state.described, ...data.files.map((file) => file.key)] }
    default:
      return state
  }
}
