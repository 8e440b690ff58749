import { type InputOf, type Rest, refuse, type requests, type StatementView } from '@pf/contracts'
import type { Statement } from '@pf/providers/files'
import { accountsOf } from './accounts-of.ts'
import type { Parts } from './parts.ts'
import { presentOf } from './present.ts'

/** How a file was read, as JSON, in the event of its import; so that it can be read again the same way. */
export type Reading = {
  format: Statement['format']
  part: number
  mapping?: Rest.CsvMapping
  /** Of rows that name none. */
  currency?: string
  /** What the user said of an account that nothing else described. */
  described?: { name: string; currency: string; kind?: string; institution?: string }
}

/** What a file says of itself. Throws `statement_unreadable`, `statement_too_large`. */
export async function readStatementOf(
  parts: Parts,
  spaceId: string,
  { upload, mapping }: InputOf<typeof requests.storage.readStatement>,
): Promise<StatementView> {
  const bytes = await parts.uploads.read(spaceId, upload)
  const known = mapping === undefined ? await mappingsOf(parts, spaceId) : []
  const { statement, mapping: used } = await parts.statements.open(bytes, { fileName: upload.fileName, mapping }, known)
  return {
    readable: statement.readable,
    format: statement.format,
    preset: statement.preset ?? null,
    window: windowOf(statement.accounts.flatMap((account) => account.window ?? [])),
    observed: statement.accounts.reduce((sum, { rows }) => sum + rows.length, 0),
    mapping: used ?? statement.mapping ?? null,
    columns: statement.columns.map(({ name, samples }) => ({ name, samples: [...samples] })),
    problems: statement.problems,
    accounts: statement.accounts.map(({ identifiers, currency, name, rows }) => ({
      identifiers: { ...identifiers },
      currency: currency ?? null,
      name: name ?? null,
      rows: rows.length,
    })),
  }
}

export function windowOf(windows: readonly { from: string; to: string }[]): { from: string; to: string } | null {
  const froms = windows.map(({ from }) => from).sort()
  const tos = windows.map(({ to }) => to).sort()
  const [from, to] = [froms[0], tos.at(-1)]
  return from === undefined || to === undefined ? null : { from, to }
}

/** Mappings that the space's imports were read by, newest first: a bank's next file looks like its last. */
export async function mappingsOf(parts: Parts, spaceId: string): Promise<Rest.CsvMapping[]> {
  const accounts = await accountsOf(parts, spaceId)
  const ledgers = await Promise.all(accounts.map(async (account) => (await presentOf(account, parts)).ledger))
  return ledgers
    .flatMap(({ imports }) => imports)
    .sort((a, b) => (a.importedAt < b.importedAt ? 1 : -1))
    .flatMap(({ mapping }) => (mapping === undefined ? [] : (readingOf(mapping).mapping ?? [])))
}

/** Written by ourselves, with the event of the import. */
export const readingOf = (json: string): Reading => JSON.parse(json) as Reading

/** One account of a file. Throws `invalid_input`. */
export function partOf(statement: Statement, part: number): Statement['accounts'][number] {
  const account = statement.accounts[part]
  if (account === undefined)
    throw refuse('invalid_input', `The file tells of ${statement.accounts.length} accounts; count from 0.`)
  return account
}
