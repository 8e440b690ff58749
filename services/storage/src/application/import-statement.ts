import {
  type Done,
  type InputOf,
  type LedgerFile,
  type Principal,
  type Rest,
  refuse,
  type requests,
} from '@pf/contracts'
import type { Statement } from '@pf/providers/files'
import { formatAmount, type Normalised, type NormalisedRow, normaliseRows, parseAmount } from '@pf/providers/rules'
import { noteTold } from '../domain/import-plan.ts'
import { type AccountRow, accounts, type BalanceRow, balances } from '../domain/lake.ts'
import { coverageOf, importOf, initial } from '../domain/ledger.ts'
import { dayBefore } from '../domain/ledger-plan.ts'
import { amountOf } from '../domain/money.ts'
import { MATCHING_DAYS, planSync, type SyncPlan } from '../domain/sync-plan.ts'
import type { Parts } from './parts.ts'
import { contextOf } from './stated-row.ts'
import { mappingsOf, openStatement, partOf, type Reading, windowOf } from './statements.ts'
import { type Account, type Present, presentOf, takeWord } from './take-word.ts'

type Asked = InputOf<typeof requests.storage.importStatement>
type Part = Statement['accounts'][number]
/** A file, opened: which of its accounts, how it was read, and when. */
type Opened = {
  bytes: Uint8Array
  statement: Statement
  part: Part
  reading: Reading
  at: string
  currency: string | undefined
}
type Planned = { plan: SyncPlan; answer: Normalised; window: { from: string; to: string } }

const previewed = 20

/**
 * One account of a statement file into the account's ledger, or (`dryRun`) what that would do. Matched with what its own
 * kind of file told before, then with every other source (ADR 8). The file itself is kept under the account's key.
 * Throws `statement_unreadable`, `imported_already`.
 */
export async function importStatement(
  parts: Parts,
  asked: Asked,
  { spaceId, userId }: Principal,
): Promise<Done<Rest.Import>> {
  const at = parts.clock.now().toISOString()
  const bytes = await parts.uploads.read(spaceId, asked.upload)
  const { fileName } = asked.upload
  const known = asked.mapping === undefined ? await mappingsOf(parts, spaceId) : []
  const { statement, mapping } = openStatement(bytes, { fileName, mapping: asked.mapping }, known)
  const reading: Reading = { format: statement.format, part: asked.part, ...(mapping === undefined ? {} : { mapping }) }
  const opened: Opened = {
    bytes,
    statement,
    part: partOf(statement, asked.part),
    reading,
    at,
    currency: asked.currency,
  }
  if (asked.dryRun || asked.accountId === undefined) return tried(parts, asked, { spaceId, opened })
  const account = { spaceId, accountId: asked.accountId }
  let planned: Planned | undefined
  await takeWord(
    account,
    { name: asked.importId, commandId: asked.commandId },
    async (present) => {
      if (importOf(present.ledger, asked.upload.raw.sha256) !== undefined) throw importedAlready()
      const raw = await parts.raw.keep(account, asked.importId, bytes)
      planned = await planStatement(parts, account, { importId: asked.importId, raw, opened }, present)
      noteTold(planned.plan, planned.plan.unchanged, contextFor(account, asked.importId, opened, present, parts))
      const extra = await describedBy(parts, account, asked, { opened, present })
      const { plan, window, answer } = planned
      const source = sourceOf(opened)
      return {
        plan,
        events: (files: LedgerFile[], decisionSeq: number) => [
          {
            type: 'StatementImported' as const,
            data: {
              importId: asked.importId,
              accountId: account.accountId,
              source,
              fileName,
              ...(statement.preset === undefined ? {} : { preset: statement.preset }),
              mapping: JSON.stringify(reading),
              raw,
              window,
              counts: countsOf(planned!),
              normaliserVersion: answer.version,
              identityVersion: plan.identityVersion,
              files: [...files, ...extra],
              decisionSeq,
              importedBy: userId,
              importedAt: at,
            },
          },
        ],
      }
    },
    parts,
  )
  return importView(asked, opened, planned, at)
}

const importedAlready = () =>
  refuse('imported_already', 'This very file was imported into this account before; take that import back first.')

async function tried(
  parts: Parts,
  asked: Asked,
  { spaceId, opened }: { spaceId: string; opened: Opened },
): Promise<Rest.Import> {
  const account = { spaceId, accountId: asked.accountId ?? asked.importId }
  const present: Present =
    asked.accountId === undefined
      ? { ledger: initial, rows: parts.emptyRows(), held: new Map() }
      : await presentOf(account, parts)
  if (importOf(present.ledger, asked.upload.raw.sha256) !== undefined) throw importedAlready()
  const planned = await planStatement(
    parts,
    account,
    { importId: asked.importId, raw: asked.upload.raw, opened },
    present,
  )
  return importView(asked, opened, planned, null)
}

const sourceOf = ({ statement }: Opened): string => `file-${statement.format}`

export function contextFor(
  { accountId }: Account,
  syncId: string,
  { at }: Pick<Opened, 'at'>,
  { ledger }: Present,
  { idOf }: Parts,
) {
  return { accountId, syncId, decidedAt: at, decisionSeq: ledger.decisionSeq, idOf }
}

/** Which payments the rows of a file are. Writes nothing. */
async function planStatement(
  parts: Parts,
  account: Account,
  { importId, raw, opened }: { importId: string; raw: { key: string; sha256: string }; opened: Opened },
  present: Present,
): Promise<Planned> {
  const { part, at } = opened
  const today = at.slice(0, 10)
  const currency = part.currency ?? opened.currency ?? ''
  const answer = normaliseRows(
    { booked: part.rows.map(({ row }) => row), pending: [] },
    { ...(await contextOf(account, { today, currency }, parts)), institutionId: '' },
  )
  const days = answer.rows.map(({ date }) => ({ from: date, to: date }))
  const window = part.window ?? windowOf(days) ?? { from: today, to: today }
  const plan = planSync(present.rows.since(dayBefore(window.from, MATCHING_DAYS)), answer, {
    ...contextFor(account, importId, opened, present, parts),
    spaceId: account.spaceId,
    connectionId: '',
    source: sourceOf(opened),
    window,
    raw,
    fetchedAt: at,
    bankNow: at,
    normaliserVersion: answer.version,
    covered: coverageOf(present.ledger),
    held: present.held,
    words: present.ledger.words,
    exhaustive: false,
    rawRow: (index) => part.rows[index]?.raw,
  })
  return { plan, answer, window }
}

/** observed = added + matched + held; what the file says twice is counted once. */
function countsOf({ plan: { counts } }: Planned) {
  const { observed, added, held } = counts
  return { observed, added, held, matched: observed - added - held }
}

/** The account's own description where nothing else describes it, and the balances that the file states. */
async function describedBy(
  parts: Parts,
  { spaceId, accountId }: Account,
  { importId, describe }: Asked,
  { opened: { part, at, statement }, present }: { opened: Opened; present: Present },
): Promise<LedgerFile[]> {
  const place = { spaceId, accountId, day: at.slice(0, 10), name: importId }
  const files: LedgerFile[] = []
  const rows = part.balances.flatMap((balance) => balanceRow(balance, { accountId, importId, part, at }))
  if (rows.length > 0) files.push(await parts.lake.write(balances, place, rows))
  const { described, imports } = present.ledger
  if (described.length > 0 || imports.length > 0) return files
  const row: AccountRow = {
    space_id: spaceId,
    account_id: accountId,
    connection_id: '',
    described_at: at,
    name: describe?.name ?? part.name ?? '',
    kind: describe?.kind ?? 'current',
    currency: describe?.currency ?? part.currency ?? '',
    iban_masked: maskedOf(part),
    institution_id: '',
    institution_name: describe?.institution ?? part.institution ?? '',
    institution_logo: '',
    provider: `file-${statement.format}`,
    provider_account_id: '',
    time_zone: 'UTC',
    demo: false,
    raw_key: '',
    raw_sha256: '',
  }
  return [...files, await parts.lake.write(accounts, place, [row])]
}

function maskedOf({ identifiers }: Part): string | null {
  const number = identifiers.iban ?? identifiers.sortCodeAccount ?? identifiers.maskedPan ?? identifiers.bban
  return number === undefined ? null : number.slice(-4)
}

/** A balance that cannot be read is left out: it is stated in the file, which is kept. */
function balanceRow(
  balance: Part['balances'][number],
  { accountId, importId, part, at }: { accountId: string; importId: string; part: Part; at: string },
): BalanceRow[] {
  const currency = balance.currency ?? part.currency
  if (balance.type !== 'closing' || currency === undefined) return []
  const parsed = parseAmount(balance.amount, currency)
  if (!parsed.ok) return []
  return [
    {
      account_id: accountId,
      sync_id: importId,
      fetched_at: at,
      bank_now: `${balance.date}T00:00:00.000Z`,
      balance_type: 'closingBooked',
      amount_minor: parsed.amountMinor,
      amount: amountOf(parsed.amountMinor, currency),
      currency,
      reference_date: balance.date,
      last_change_at: null,
      credit_limit_included: null,
    },
  ]
}

function importView(
  asked: Asked,
  { statement, reading }: Opened,
  planned: Planned | undefined,
  importedAt: string | null,
): Rest.Import {
  if (planned === undefined) throw new Error('An import was answered without a plan.')
  const { plan, answer, window } = planned
  const { observed, added, matched, held } = countsOf(planned)
  return {
    id: asked.importId,
    status: importedAt === null ? 'dry_run' : 'imported',
    file_name: asked.upload.fileName,
    format: statement.format,
    preset: statement.preset ?? null,
    account: { id: asked.accountId ?? null, name: asked.accountName, recognised: 'known' },
    window,
    observed,
    added,
    matched,
    held,
    doubled: answer.duplicates,
    preview: [...heldPreview(plan), ...addedPreview(plan, answer)].slice(0, previewed),
    mapping: reading.mapping ?? null,
    columns: [],
    problems: statement.problems,
    imported_at: importedAt,
  }
}

type Preview = Rest.Import['preview']

function addedPreview(plan: SyncPlan, answer: Normalised): Preview {
  const added = new Set(plan.decisions.filter(({ kind }) => kind === 'new').map((row) => row.observation_id))
  const indexes = new Set(plan.observations.filter((row) => added.has(row.observation_id)).map((row) => row.row_index))
  return answer.rows
    .filter(({ index }) => indexes.has(index))
    .map((row) => ({ outcome: 'added', ...told(row), reason: null }))
}

const told = ({ date, amountMinor, currency, description }: NormalisedRow) => ({
  date,
  amount: { amount: formatAmount(amountMinor, currency), currency },
  description,
})

function heldPreview({ held }: SyncPlan): Preview {
  return held.flatMap((row) =>
    row.kind !== 'held'
      ? []
      : {
          outcome: 'held' as const,
          date: row.date,
          amount:
            row.amount_minor === null || row.currency === null
              ? null
              : { amount: formatAmount(row.amount_minor, row.currency), currency: row.currency },
          description: row.description,
          reason: row.reason,
        },
  )
}
