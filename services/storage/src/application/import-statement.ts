import {
  type Done,
  type InputOf,
  type LedgerFile,
  type Principal,
  type Rest,
  refuse,
  type requests,
} from '@pf/contracts'
import { formatAmount, type Normalised, type NormalisedRow, parseAmount } from '@pf/providers/rules'
import { noteTold } from '../domain/import-plan.ts'
import { type AccountRow, accounts, type BalanceRow, balances } from '../domain/lake.ts'
import { importOf, initial } from '../domain/ledger.ts'
import { amountOf } from '../domain/money.ts'
import type { SyncPlan } from '../domain/sync-plan.ts'
import { importedView } from './imported-view.ts'
import type { Parts } from './parts.ts'
import { contextFor, type Opened, type Part, type Planned, planStatement, sourceOf } from './plan-statement.ts'
import { type Account, type Present, presentOf } from './present.ts'
import { mappingsOf, partOf, type Reading } from './statements.ts'
import { takeWord } from './take-word.ts'

type Asked = InputOf<typeof requests.storage.importStatement>
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
  const { statement, mapping } = await parts.statements.open(bytes, { fileName, mapping: asked.mapping }, known)
  const reading: Reading = {
    format: statement.format,
    part: asked.part,
    ...(mapping === undefined ? {} : { mapping }),
    ...(asked.currency === undefined ? {} : { currency: asked.currency }),
    ...(asked.describe === undefined ? {} : { described: asked.describe }),
  }
  const opened: Opened = { statement, part: partOf(statement, asked.part), reading, at }
  if (asked.dryRun || asked.accountId === undefined) return tried(parts, asked, { spaceId, opened })
  const account = { spaceId, accountId: asked.accountId }
  const { ledger } = await presentOf(account, parts)
  const before = ledger.imports.find(({ importId }) => importId === asked.importId)
  if (before !== undefined) return importedView(before)
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
  { statement, part, reading }: Opened,
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
    problems: [...statement.problems, ...pendingProblem(part)],
    imported_at: importedAt,
  }
}

/** What a file tells of as pending is not taken: it is booked in a later one, or never. */
function pendingProblem({ pending }: Part): Rest.Import['problems'] {
  if (pending.length === 0) return []
  const detail = `${pending.length} rows are pending and were left out; a later statement has them booked.`
  return [{ line: null, code: 'pending_left_out', detail }]
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
