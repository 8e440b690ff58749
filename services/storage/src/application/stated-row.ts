import type { NormaliseContext } from '@pf/providers/rules'
import { neutralRowOf, openTransactions, rawRowOf } from '@pf/providers/rules'
import type { HeldLakeRow } from '../domain/lake.ts'
import type { Ledger } from '../domain/ledger.ts'
import type { Parts } from './parts.ts'
import type { Statements } from './ports.ts'
import { type Account } from './present.ts'
import { partOf, type Reading, readingOf } from './statements.ts'

/** `raw`: the row as its source sent it; `neutral`: as the normaliser reads it. */
export type StatedRow = { raw: unknown; neutral: unknown }

/** Opens what a held row, or an observation, points at. Throws what the object store and the vault throw. */
export async function statedRow(
  account: Account,
  { raw_key, raw_sha256, row_index, section }: Pick<HeldLakeRow, 'raw_key' | 'raw_sha256' | 'row_index' | 'section'>,
  { imports }: Pick<Ledger, 'imports'>,
  parts: Parts,
): Promise<StatedRow> {
  const sha256 = raw_sha256 === '' ? await shaOf(account, raw_key, parts) : raw_sha256
  if (sha256 === undefined) return { raw: null, neutral: null }
  const bytes = await parts.raw.read(account, { key: raw_key, sha256 })
  const imported = imports.find((one) => one.raw.key === raw_key)
  if (imported?.mapping !== undefined)
    return fileRow(bytes, readingOf(imported.mapping), { index: row_index, statements: parts.statements })
  if (section === 'balances') return { raw: textOf(bytes), neutral: null }
  const body = openTransactions(bytes)
  return { raw: rawRowOf(body, row_index), neutral: neutralRowOf(body, row_index) }
}

async function fileRow(
  bytes: Uint8Array,
  { format, mapping, part }: Reading,
  { index, statements }: { index: number; statements: Statements },
): Promise<StatedRow> {
  const { statement } = await statements.open(bytes, { format, mapping })
  const row = partOf(statement, part).rows[index]
  return { raw: row?.raw ?? null, neutral: row?.row ?? null }
}

/** What could not be read is shown as the text that came. */
function textOf(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Rows held before version 2 of the dataset name their object without its hash. */
async function shaOf(account: Account, key: string, { answersOf }: Parts): Promise<string | undefined> {
  return (await answersOf(account)).find((answer) => answer.raw.key === key)?.raw.sha256
}

/** How the account's rows are read. `feed`: as extraction knows it; none where only files told of the account. */
export async function contextOf(
  account: Account,
  { today, currency }: { today: string; currency: string },
  parts: Parts,
): Promise<NormaliseContext> {
  const feed = (await parts.answersOf(account)).at(-1)?.account
  const ownerName = feed && (await parts.holderOf({ ...account, connectionId: feed.connectionId }))
  return {
    institutionId: feed?.institutionId ?? '',
    today,
    timeZone: feed?.timeZone ?? 'UTC',
    currency: feed?.currency ?? currency,
    ...(ownerName === undefined ? {} : { ownerName }),
  }
}
