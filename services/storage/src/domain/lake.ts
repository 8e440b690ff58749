import type { ManifestDataset } from '@pf/contracts'

/**
 * What the lake holds, column by column: one declaration per dataset, from which rows are typed, Parquet is written and
 * `docs/lake.md` is told. A change of a released column is a new version; analytics reads by name.
 *
 * Kinds: `text` VARCHAR · `id` VARCHAR of which hardly two are equal · `counter` BIGINT that rises row by row · `integer` INTEGER · `bigint` BIGINT · `decimal` DECIMAL(20,4), in rows as bigint ten-thousandths ·
 * `date` DATE, in rows `YYYY-MM-DD` · `instant` TIMESTAMPTZ, in rows RFC 3339 UTC · `boolean` BOOLEAN.
 */
export type ColumnKind = 'text' | 'id' | 'counter' | 'integer' | 'bigint' | 'decimal' | 'date' | 'instant' | 'boolean'
/** A trailing `?` in a declaration: the column may be null. */
export type ColumnDeclaration = ColumnKind | `${ColumnKind}?`

type ValueOf<K extends string> = K extends 'text' | 'id' | 'date' | 'instant'
  ? string
  : K extends 'integer'
    ? number
    : K extends 'bigint' | 'counter' | 'decimal'
      ? bigint
      : K extends 'boolean'
        ? boolean
        : never
export type CellOf<D extends ColumnDeclaration> = D extends `${infer K}?` ? ValueOf<K> | null : ValueOf<D>

export type Columns = Readonly<Record<string, ColumnDeclaration>>
export type LakeDataset<C extends Columns = Columns, N extends ManifestDataset = ManifestDataset> = {
  readonly name: N
  readonly version: number
  readonly columns: C
}
/** A row as it stands in the lake: keys are column names. */
export type RowOf<D> = D extends LakeDataset<infer C> ? { -readonly [N in keyof C]: CellOf<C[N]> } : never

const dataset = <const C extends Columns, const N extends ManifestDataset>(
  name: N,
  version: number,
  columns: C,
): LakeDataset<C, N> => ({ name, version, columns })

/** grain: one row per new or changed row of a bank's answer. `observation_id` is unique. */
export const observations = dataset('observations', 1, {
  observation_id: 'id',
  space_id: 'text',
  account_id: 'text',
  connection_id: 'text',
  sync_id: 'text',
  source: 'text',
  section: 'text',
  observed_at: 'instant',
  bank_now: 'instant',
  raw_key: 'text',
  raw_sha256: 'text',
  row_index: 'integer',
  normaliser_version: 'integer',
  date: 'date',
  value_date: 'date?',
  date_time: 'text?',
  amount_minor: 'bigint',
  amount: 'decimal',
  currency: 'text',
  description: 'text',
  counterparty: 'text?',
  tid: 'id?',
  iid: 'id?',
  fp: 'id',
  bank_code: 'text?',
  mcc: 'text?',
  original_amount_minor: 'bigint?',
  original_currency: 'text?',
  exchange_rate: 'text?',
  flags: 'text',
  content_hash: 'id',
})
export type ObservationRow = RowOf<typeof observations>

/** grain: one row per decision of an account's ledger; the highest `decision_seq` of a transaction is its present state. */
export const decisions = dataset('decisions', 1, {
  account_id: 'text',
  decision_seq: 'counter',
  transaction_id: 'id',
  observation_id: 'id',
  kind: 'text',
  rule: 'text',
  rule_version: 'integer',
  status: 'text',
  missing_upstream: 'boolean',
  sync_id: 'text',
  decided_at: 'instant',
  date: 'date',
  amount_minor: 'bigint',
  currency: 'text',
  prev_date: 'date?',
})
export type DecisionRow = RowOf<typeof decisions>

/** grain: one row per balance that a bank stated in one answer. */
export const balances = dataset('balances', 1, {
  account_id: 'text',
  sync_id: 'text',
  fetched_at: 'instant',
  bank_now: 'instant',
  balance_type: 'text',
  amount_minor: 'bigint',
  amount: 'decimal',
  currency: 'text',
  reference_date: 'date?',
  last_change_at: 'instant?',
  credit_limit_included: 'boolean?',
})
export type BalanceRow = RowOf<typeof balances>

/**
 * grain: one row per step of one source's view of a payment that another source told first: those of dataset `decisions` are
 * of the source that the payment's state is taken from (ADR 8). `view_id` is unique at a time; `decision_seq` counts both.
 */
export const links = dataset('links', 1, {
  account_id: 'text',
  sync_id: 'text',
  decision_seq: 'counter',
  view_id: 'id',
  transaction_id: 'id',
  observation_id: 'id',
  source: 'text',
  kind: 'text',
  rule: 'text',
  rule_version: 'integer',
  status: 'text',
  missing_upstream: 'boolean',
  decided_at: 'instant',
  date: 'date',
  amount_minor: 'bigint',
  currency: 'text',
  prev_date: 'date?',
  prev_transaction_id: 'id?',
})
export type LinkRow = RowOf<typeof links>

/**
 * grain: one row per row of an answer or a file that waits for the user (`held`), and one where the bank no longer sends it
 * or sends it readable (`released`). The words stay in the raw zone. `held_id` is the same however often the row comes.
 */
export const heldRows = dataset('held', 2, {
  account_id: 'text',
  sync_id: 'text',
  held_id: 'id',
  kind: 'text',
  source: 'text',
  observed_at: 'instant',
  raw_key: 'text',
  raw_sha256: 'text',
  row_index: 'integer',
  section: 'text',
  reason: 'text',
  payload_pointer: 'text',
  date: 'date?',
  amount_minor: 'bigint?',
  currency: 'text?',
  description: 'text?',
})
export type HeldLakeRow = RowOf<typeof heldRows>

/** Version 1 had a row for each time it came, without an id. */
export const heldRowsV1 = dataset('held', 1, {
  account_id: 'text',
  sync_id: 'text',
  raw_key: 'text',
  row_index: 'integer',
  section: 'text',
  reason: 'text',
  payload_pointer: 'text',
})
export type HeldRowV1 = RowOf<typeof heldRowsV1>

/** grain: one row per description of an account (each consent describes it again); the latest `described_at` counts. */
export const accounts = dataset('accounts', 1, {
  space_id: 'text',
  account_id: 'text',
  connection_id: 'text',
  described_at: 'instant',
  name: 'text',
  kind: 'text',
  currency: 'text',
  iban_masked: 'text?',
  institution_id: 'text',
  institution_name: 'text',
  institution_logo: 'text',
  provider: 'text',
  provider_account_id: 'text',
  time_zone: 'text',
  demo: 'boolean',
  raw_key: 'text',
  raw_sha256: 'text',
})
export type AccountRow = RowOf<typeof accounts>

/** grain: one row per sync that came to an end, completed or not. `sync_id` is unique. Times and counts, nothing of what was said. */
export const syncs = dataset('syncs', 1, {
  sync_id: 'id',
  run_id: 'text',
  connection_id: 'text',
  account_id: 'text',
  source: 'text',
  trigger: 'text',
  attempt: 'integer',
  status: 'text',
  error_code: 'text?',
  window_from: 'date',
  window_to: 'date',
  calls: 'integer',
  observed: 'integer',
  added: 'integer',
  updated: 'integer',
  unchanged: 'integer',
  held: 'integer',
  requested_at: 'instant',
  started_at: 'instant',
  finished_at: 'instant',
})
export type SyncLogRow = RowOf<typeof syncs>

/** Objects that pass through: what a request brought, files made for somebody who fetches them at once, or within days. */
export const passingFolders = ['upload', 'download', 'export'] as const

export const lakeDatasets: readonly LakeDataset[] = [
  observations,
  decisions,
  links,
  balances,
  heldRows,
  accounts,
  syncs,
]

/** `lake/<dataset>/space=…/account=…/day=<ingestion day>/<name>-<first 8 of SHA-256>.parquet`; `name` is the sync's id. */
export function lakeKey(
  dataset: LakeDataset,
  place: { spaceId: string; accountId: string; day: string; name: string },
  sha256: string,
): string {
  const { spaceId, accountId, day, name } = place
  const folder = `lake/${dataset.name}/space=${spaceId}/account=${accountId}/day=${day}`
  return `${folder}/${name}-${sha256.slice(0, 8)}.parquet`
}
