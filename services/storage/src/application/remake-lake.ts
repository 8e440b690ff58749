import type { LedgerEvent, ManifestFile, Principal } from '@pf/contracts'
import type { Recorded } from '@pf/eventing'
import { formatAmount } from '@pf/providers/rules'
import { lakeDatasets } from '../domain/lake.ts'
import { decideHeld, undecideHeld } from './decide-held.ts'
import { decideIdentity, undecideIdentity } from './decide-identity.ts'
import { describeAccounts } from './describe-accounts.ts'
import { importStatement } from './import-statement.ts'
import { logSyncs } from './log-syncs.ts'
import type { Account } from './present.ts'
import { type LakeBeside, type RemakeParts, type Remaking, setUpRemaking } from './remaking.ts'
import { switchRules } from './reread-rules.ts'
import { readingOf } from './statements.ts'
import { storeSync } from './store-sync.ts'
import { takeBackImport } from './take-back-import.ts'

/** A file that the log names, and what was made in its place; undefined where nothing was. */
export type Remade = { named: ManifestFile; remade: ManifestFile | undefined }
/** `problems`: which commands could not be given again, and why; `bytesOf`: of a file that was made. */
export type RemadeLake = { files: Remade[]; problems: string[]; bytesOf: LakeBeside['bytesOf'] }

type DataOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>['data']
type Message = Recorded<LedgerEvent>

/**
 * An account's whole lake again, from the raw zone and the logs: every command of its ledger is given once more to the very
 * code that took it first, at its own instant, over a ledger in memory and a lake beside the one that there is, of which
 * nothing is read. Ids are hashes and the writer is deterministic: the same rules make the same bytes. Answers the files of
 * the manifest as those logs have it.
 */
export async function remakeLake(account: Account, given: RemakeParts): Promise<RemadeLake> {
  const remaking = await setUpRemaking(account, given)
  const made: Remade[] = []
  const problems: string[] = []
  const replaced = new Set<string>()
  for (const message of await given.ledgerMessagesOf(account)) {
    const events = await remaking.at(instantOf(message), () =>
      // What cannot be made leaves its own files out, and is told; what follows from it shows as a difference.
      repeat(message, account, { given, remaking, made }).catch((error: unknown) => {
        problems.push(`${message.events.map(({ type }) => type).join()}: ${wordsOf(error)}`)
      }),
    )
    problems.push(...otherRules(message.events, events))
    made.push(...paired(filesOf(message.events), filesOf(events)))
    for (const { type, data } of message.events)
      if (type === 'LakeCompacted') for (const key of data.replaced) replaced.add(key)
  }
  return { files: made.filter(({ named }) => !replaced.has(named.key)), problems, bytesOf: remaking.bytesOf }
}

/** Rows of other rules may be as many, and others. */
function otherRules(named: readonly LedgerEvent[], made: readonly LedgerEvent[]): string[] {
  return named.flatMap(({ type, data }) => {
    if (!('normaliserVersion' in data)) return []
    const then = `${data.normaliserVersion}/${data.identityVersion}`
    const again = made.find((event) => event.type === type)?.data
    if (again === undefined || !('normaliserVersion' in again)) return []
    const now = `${again.normaliserVersion}/${again.identityVersion}`
    return then === now ? [] : [`${type}: made by rules ${now}, and was made by ${then} (normaliser/identity)`]
  })
}

const filesOf = (events: readonly LedgerEvent[]): ManifestFile[] => events.flatMap(({ data }) => data.files)
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed')

/** Files of one message, by their order within their dataset. */
function paired(named: readonly ManifestFile[], files: readonly ManifestFile[]): Remade[] {
  const left = Map.groupBy(files, ({ dataset }) => dataset)
  return named.map((file) => ({ named: file, remade: left.get(file.dataset)?.shift() }))
}

/** What the application took for the present when it decided this. */
function instantOf({ events, time }: Message): string {
  for (const { data } of events) {
    if ('storedAt' in data) return data.storedAt
    if ('decidedAt' in data) return data.decidedAt
    if ('importedAt' in data) return data.importedAt
    if ('compactedAt' in data) return data.compactedAt
  }
  return time
}

type Work = { given: RemakeParts; remaking: Remaking; made: readonly Remade[] }

/** Gives the command of a message again. Where one message has several events, the last says what was asked for. */
async function repeat(message: Message, account: Account, work: Work): Promise<unknown> {
  const { parts } = work.remaking
  const { commandId } = message
  const last = message.events.find(({ type }) => type === 'StatementImported') ?? message.events.at(-1)!
  const by = (userId: string): Principal => ({ userId, spaceId: account.spaceId, sessionId: '', roles: [] })
  switch (last.type) {
    case 'TransactionsStored':
    case 'SourceObserved':
    case 'BalancesStored':
      return storeAgain(message, account, work)
    case 'AccountDescribed':
      return describeAgain(last.data, message, account, work)
    case 'SyncLogged':
      return logAgain(last.data.syncId, account, work)
    case 'StatementImported':
      return importAgain(last.data, commandId, account, work)
    case 'ImportTakenBack':
      return takeBackImport(parts, { id: last.data.importId, commandId }, by(last.data.decidedBy))
    case 'IdentityDecided': {
      const { decisionId, verdict, decidedBy } = last.data
      const said = { decisionId, verdict, transactionIds: saidIds(last.data, message), commandId }
      return decideIdentity(parts, said, by(decidedBy))
    }
    case 'IdentityDecisionTakenBack':
      return undecideIdentity(parts, { id: last.data.decisionId, commandId }, by(last.data.decidedBy))
    case 'HeldDecided':
      return decideHeld(parts, { ...heldSaid(last.data), commandId }, by(last.data.decidedBy))
    case 'HeldDecisionTakenBack':
      return undecideHeld(parts, { id: last.data.heldId, commandId }, by(last.data.decidedBy))
    case 'RulesSwitched':
      return switchRules(parts, { commandId }, by(last.data.decidedBy))
    case 'LakeCompacted':
      return joinAgain(message, account, work)
  }
}

function logAgain(syncId: string, account: Account, { given, remaking }: Work): Promise<void> {
  const { ledgers, lake } = remaking.parts
  const { syncsOf, requestsOf } = given
  return logSyncs(account, [syncId], {}, { ledgers, lake, syncsOf, requestsOf })
}

function storeAgain({ events, commandId }: Message, account: Account, { remaking }: Work): Promise<void> {
  const first = events.find(({ type }) => type === 'TransactionsStored' || type === 'BalancesStored')
  const syncId = first && 'syncId' in first.data ? first.data.syncId : ''
  const { transactions, balances } = remaking.fetched.get(syncId) ?? {}
  const has = (type: LedgerEvent['type']) => events.some((event) => event.type === type)
  const fetched = {
    ...account,
    ...(transactions && has('TransactionsStored') && { transactions }),
    ...(balances && has('BalancesStored') && { balances }),
  }
  return storeSync(fetched, { commandId }, remaking.parts)
}

async function describeAgain(
  { connectionId, describedAt }: DataOf<'AccountDescribed'>,
  { commandId }: Message,
  { spaceId, accountId }: Account,
  { given, remaking }: Work,
): Promise<void> {
  const found = await given.linkOf({ spaceId, connectionId }, describedAt)
  if (found === undefined) return
  const { linked, facts } = found
  const own = { ...linked, accounts: linked.accounts.filter((one) => one.accountId === accountId) }
  await describeAccounts(own, { spaceId, facts, linkedAt: describedAt }, { commandId }, remaking.parts)
}

function importAgain(
  { importId, raw, fileName, mapping, importedBy }: DataOf<'StatementImported'>,
  commandId: string,
  { spaceId, accountId }: Account,
  { remaking }: Work,
): Promise<unknown> {
  const reading = mapping === undefined ? { part: 0 } : readingOf(mapping)
  const asked = {
    importId,
    upload: { raw, fileName },
    part: reading.part,
    accountId,
    accountName: '',
    dryRun: false,
    commandId,
    ...('mapping' in reading && reading.mapping !== undefined && { mapping: reading.mapping }),
    ...('currency' in reading && reading.currency !== undefined && { currency: reading.currency }),
    ...('described' in reading && reading.described !== undefined && { describe: reading.described }),
  }
  return importStatement(remaking.parts, asked, { userId: importedBy, spaceId, sessionId: '', roles: [] })
}

/** What was said; the event also has what came of it. */
function saidIds({ verdict, transactionIds, files }: DataOf<'IdentityDecided'>, { events }: Message): string[] {
  const split = verdict === 'different' && files.length > 0 && events.length === 1
  return split ? transactionIds.slice(0, 1) : transactionIds
}

function heldSaid({ heldId, verdict, correction, transactionId }: DataOf<'HeldDecided'>) {
  const { date, amountMinor, currency } = correction ?? {}
  const amount =
    amountMinor === undefined || currency === undefined
      ? undefined
      : { amount: formatAmount(BigInt(amountMinor), currency), currency }
  return {
    id: heldId,
    verdict,
    ...(date === undefined ? {} : { date }),
    ...(amount === undefined ? {} : { amount }),
    ...(verdict === 'same' && transactionId !== undefined ? { transactionId } : {}),
  }
}

/** The same files joined, under the name of then. */
async function joinAgain({ events, commandId }: Message, account: Account, { remaking, made }: Work): Promise<void> {
  const { lake, ledgers } = remaking.parts
  const remadeOf = new Map(made.map(({ named, remade }) => [named.key, remade]))
  for (const event of events) {
    if (event.type !== 'LakeCompacted') continue
    const [named] = event.data.files
    const files = event.data.replaced.flatMap((key) => remadeOf.get(key) ?? [])
    const dataset = lakeDatasets.find(({ name, version }) => name === named?.dataset && version === named.schemaVersion)
    if (named === undefined || dataset === undefined || files.length < event.data.replaced.length) continue
    const { day = '', name = '' } =
      /\/day=(?<day>[^/]+)\/(?<name>.+)-[0-9a-f]{8}\.parquet$/.exec(named.key)?.groups ?? {}
    const file = await lake.join(dataset, { ...account, day, name }, files)
    const compactions = [{ file, replaced: files.map(({ key }) => key) }]
    const { accountId, compactedAt } = event.data
    const command = { type: 'CompactFiles' as const, accountId, compactions, compactedAt }
    await ledgers.handle({ spaceId: account.spaceId, aggregateId: accountId }, command, {
      commandId: `${commandId}-${named.key}`,
    })
  }
}
