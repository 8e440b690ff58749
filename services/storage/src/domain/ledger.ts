import { type Counts, type LakeFile, type LedgerEvent, type LedgerFile, type ManifestFile, refuse } from '@pf/contracts'
import { type Days, joinedDays } from '@pf/providers/rules'
import { type Compaction, foldedDatasets, standsIn, swapped } from './compaction.ts'
import type { HeldWord } from './held-rows.ts'

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
  /** Observations, decisions, links and held rows, oldest first: what the present state of the account is folded from. */
  readonly files: readonly LedgerFile[]
  /** The other files of its manifest: balances, descriptions, logs of syncs. */
  readonly others: readonly ManifestFile[]
  /** Keys of files that left the manifest lately, and when. */
  readonly replaced: Readonly<Record<string, string>>
  /** Days that each provider has told of. Of ledgers from before this was told, nothing. */
  readonly covered: Readonly<Record<string, readonly Days[]>>
  /** Statement files, oldest first. */
  readonly imports: readonly Imported[]
  /** The user's word on held rows that stand, by their id. */
  readonly words: Readonly<Record<string, HeldWord>>
  /** The user's words on what is one payment, oldest first. */
  readonly identity: readonly IdentityWord[]
  /** By what the rows were read last. */
  readonly rules: { readonly normaliser: number; readonly identity: number } | undefined
  /** Files that describe the account. */
  readonly described: readonly string[]
  /** Syncs whose log is in the lake. */
  readonly logged: readonly string[]
}

type DataOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>['data']
export type Imported = Omit<DataOf<'StatementImported'>, 'decisionSeq'> & { readonly takenBackAt?: string }
export type IdentityWord = Omit<DataOf<'IdentityDecided'>, 'decisionSeq'> & { readonly takenBackAt?: string }

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
    /** Whose words they are, how many of them were linked to payments of others, and the files that say so. */
    source: string
    linked: number
    linkFiles: LedgerFile[]
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
/** How a sync went, which came to an end. */
export type LogSync = DataOf<'SyncLogged'> & { type: 'LogSync' }
/** What a user said or brought, planned against the ledger as it was after step `decidedFrom`, its rows uploaded. */
export type TakeWord = { type: 'TakeWord'; decidedFrom: number; events: readonly WordEvent[] }
export type WordEvent = Extract<
  LedgerEvent,
  {
    type:
      | 'StatementImported'
      | 'SourceObserved'
      | 'BalancesStored'
      | 'ImportTakenBack'
      | 'IdentityDecided'
      | 'IdentityDecisionTakenBack'
      | 'HeldDecided'
      | 'HeldDecisionTakenBack'
      | 'RulesSwitched'
  }
>
/** Files that were joined and uploaded, to take the place of those that they hold. */
export type CompactFiles = {
  type: 'CompactFiles'
  accountId: string
  compactions: readonly Compaction[]
  compactedAt: string
}
export type LedgerCommand = StoreSync | DescribeAccount | LogSync | CompactFiles | TakeWord

/** Its state is kept every 50 messages; raise `shape` with Ledger, and with what `evolve` makes of an event. */
export const snapshot = { shape: 1 }

export const initial: Ledger = {
  transactions: [],
  balances: [],
  decisionSeq: 0,
  files: [],
  others: [],
  replaced: {},
  described: [],
  logged: [],
  covered: {},
  imports: [],
  words: {},
  identity: [],
  rules: undefined,
}

export function decide(command: LedgerCommand, state: Ledger): LedgerEvent[] {
  switch (command.type) {
    case 'StoreSync':
      return store(command, state)
    case 'DescribeAccount':
      return describe(command, state)
    case 'LogSync':
      return log(command, state)
    case 'CompactFiles':
      return compact(command, state)
    case 'TakeWord':
      return take(command, state)
  }
}

function store(command: StoreSync, state: Ledger): LedgerEvent[] {
  const { syncId, runId, connectionId, accountId, storedAt } = command
  const events: LedgerEvent[] = []
  if (command.transactions && !state.transactions.includes(syncId)) {
    const { decidedFrom, source, linked, linkFiles, ...stored } = command.transactions
    current(decidedFrom, state)
    events.push(
      { type: 'TransactionsStored', data: { syncId, runId, connectionId, accountId, ...stored, storedAt } },
      {
        type: 'SourceObserved',
        data: { accountId, syncId, source, window: stored.window, linked, files: linkFiles },
      },
    )
  }
  if (command.balances && !state.balances.includes(syncId)) {
    events.push({ type: 'BalancesStored', data: { syncId, accountId, files: command.balances.files, storedAt } })
  }
  return events
}

function current(decidedFrom: number, { decisionSeq }: Ledger): void {
  if (decidedFrom === decisionSeq) return
  throw refuse(
    'conflict',
    `Decisions were made against ${decidedFrom} earlier ones and there are ${decisionSeq}; decide again.`,
  )
}

function describe({ type: _, ...data }: DescribeAccount, state: Ledger): LedgerEvent[] {
  const known = data.files.every((file) => state.described.includes(file.key))
  return known ? [] : [{ type: 'AccountDescribed', data }]
}

function log({ type: _, ...data }: LogSync, state: Ledger): LedgerEvent[] {
  return state.logged.includes(data.syncId) ? [] : [{ type: 'SyncLogged', data }]
}

/** What another replica replaced first is left as it is. */
function compact({ accountId, compactions, compactedAt }: CompactFiles, state: Ledger): LedgerEvent[] {
  return compactions
    .filter((compaction) => standsIn(manifestOf(state), compaction))
    .map(({ file, replaced }) => ({
      type: 'LakeCompacted',
      data: { accountId, files: [file], replaced: [...replaced], compactedAt },
    }))
}

function take({ decidedFrom, events }: TakeWord, state: Ledger): LedgerEvent[] {
  current(decidedFrom, state)
  for (const event of events) allow(event, state)
  return [...events]
}

function allow({ type, data }: WordEvent, state: Ledger): void {
  if (type === 'StatementImported' && importOf(state, data.raw.sha256) !== undefined) {
    throw refuse(
      'imported_already',
      'This very file was imported into this account before; take that import back first.',
    )
  }
  if (type === 'ImportTakenBack' && !state.imports.some((one) => one.importId === data.importId && !one.takenBackAt)) {
    throw refuse('import_not_found', 'There is no such import. GET /imports lists them.')
  }
  if (type === 'HeldDecided' && state.words[data.heldId] !== undefined) {
    throw refuse('held_decided', 'This row has been decided; take that back first.')
  }
  if (type === 'HeldDecisionTakenBack' && state.words[data.heldId] === undefined) {
    throw refuse('held_undecided', 'Nothing has been decided on this row.')
  }
  if (type === 'IdentityDecisionTakenBack' && standingWord(state, data.decisionId) === undefined) {
    throw refuse('decision_not_found', 'There is no such decision that stands. GET /identity/decisions lists them.')
  }
}

/** The import of these bytes that stands. */
export const importOf = (state: Ledger, sha256: string): Imported | undefined =>
  state.imports.find((one) => one.raw.sha256 === sha256 && !one.takenBackAt)

export const standingWord = (state: Ledger, decisionId: string): IdentityWord | undefined =>
  state.identity.find((one) => one.decisionId === decisionId && !one.takenBackAt)

/** Days that each source has told of: of files, those of the imports that stand. */
export function coverageOf({ covered, imports }: Pick<Ledger, 'covered' | 'imports'>): Record<string, Days[]> {
  const days: Record<string, Days[]> = {}
  for (const [source, told] of Object.entries(covered)) days[source] = [...told]
  for (const { source, window, takenBackAt } of imports) {
    if (takenBackAt === undefined) days[source] = joinedDays([...(days[source] ?? []), window])
  }
  return days
}

/** Every file that the account's lake is made of. */
export const manifestOf = ({ files, others }: Ledger): readonly ManifestFile[] => [...files, ...others]

const isFolded = (file: ManifestFile): file is LedgerFile => foldedDatasets.includes(file.dataset)

const withFiles = (state: Ledger, files: readonly ManifestFile[], decisionSeq = state.decisionSeq): Ledger => ({
  ...state,
  decisionSeq,
  files: [...state.files, ...files.filter(isFolded)],
  others: [...state.others, ...files.filter((file) => !isFolded(file))],
})

export function evolve(state: Ledger, { type, data }: LedgerEvent): Ledger {
  switch (type) {
    case 'TransactionsStored':
      return {
        ...withFiles(state, data.files, data.decisionSeq),
        transactions: [...state.transactions, data.syncId],
        rules: { normaliser: data.normaliserVersion, identity: data.identityVersion },
      }
    case 'SourceObserved':
      return observed(withFiles(state, data.files), data)
    case 'BalancesStored':
      return { ...withFiles(state, data.files), balances: [...state.balances, data.syncId] }
    case 'AccountDescribed':
      return {
        ...withFiles(state, data.files),
        described: [...state.described, ...data.files.map((file) => file.key)],
      }
    case 'SyncLogged':
      return { ...withFiles(state, data.files), logged: [...state.logged, data.syncId] }
    case 'LakeCompacted':
      return data.files.reduce((so, file) => compacted(so, { file, replaced: data.replaced }, data.compactedAt), state)
    case 'StatementImported': {
      const { decisionSeq, ...imported } = data
      return { ...withFiles(state, data.files, decisionSeq), imports: [...state.imports, imported] }
    }
    case 'ImportTakenBack':
      return {
        ...withFiles(state, data.files, data.decisionSeq),
        imports: state.imports.map((one) =>
          one.importId === data.importId ? { ...one, takenBackAt: data.decidedAt } : one,
        ),
      }
    case 'IdentityDecided': {
      const { decisionSeq, ...word } = data
      return { ...withFiles(state, data.files, decisionSeq), identity: [...state.identity, word] }
    }
    case 'IdentityDecisionTakenBack':
      return {
        ...withFiles(state, data.files, data.decisionSeq),
        identity: state.identity.map((one) =>
          one.decisionId === data.decisionId ? { ...one, takenBackAt: data.decidedAt } : one,
        ),
      }
    case 'HeldDecided': {
      const { heldId, verdict, transactionId, decidedAt } = data
      const word = { verdict, decidedAt, ...(transactionId === undefined ? {} : { transactionId }) }
      return { ...withFiles(state, data.files, data.decisionSeq), words: { ...state.words, [heldId]: word } }
    }
    case 'HeldDecisionTakenBack': {
      const { [data.heldId]: _, ...words } = state.words
      return { ...withFiles(state, data.files, data.decisionSeq), words }
    }
    case 'RulesSwitched':
      return {
        ...withFiles(state, data.files, data.decisionSeq),
        rules: { normaliser: data.normaliserVersion, identity: data.identityVersion },
      }
    default:
      return state
  }
}

/** After so long a replaced file is deleted, or nobody is there to delete it; then it is an orphan like others. */
const replacedKeptMs = 30 * 86_400_000

function compacted(state: Ledger, compaction: Compaction, at: string): Ledger {
  const swap = <F extends ManifestFile>(files: readonly F[]) => swapped(files, compaction)
  const inPlace = <W extends { files: LedgerFile[] }>(words: readonly W[]) =>
    words.map((word) => ({ ...word, files: [...swap(word.files)] }))
  const since = new Date(Date.parse(at) - replacedKeptMs).toISOString()
  const lately = Object.entries(state.replaced).filter(([, replacedAt]) => replacedAt >= since)
  return {
    ...state,
    files: swap(state.files),
    others: swap(state.others),
    imports: inPlace(state.imports),
    identity: inPlace(state.identity),
    replaced: { ...Object.fromEntries(lately), ...Object.fromEntries(compaction.replaced.map((key) => [key, at])) },
  }
}

/** A file's days stand with its import, which may be taken back. */
function observed(state: Ledger, { source, window }: DataOf<'SourceObserved'>): Ledger {
  if (source.startsWith('file-')) return state
  return { ...state, covered: { ...state.covered, [source]: joinedDays([...(state.covered[source] ?? []), window]) } }
}
