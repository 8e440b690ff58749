/** Datasets of the lake that a mart file holds; `links` (ADR 8) are not. */
export type MartDataset = 'observations' | 'decisions' | 'balances' | 'accounts' | 'syncs' | 'held'

/**
 * The columns of the lake that models read (analytics/models/1_source), as tables of schema `lake` in a mart file. Random
 * ids are 16 bytes as UUID; ids that many rows share stay text, which a dictionary makes smaller still.
 */
export const lakeTables: Readonly<Record<MartDataset, Readonly<Record<string, string>>>> = {
  observations: {
    observation_id: 'UUID',
    date: 'DATE',
    value_date: 'DATE',
    amount: 'DECIMAL(20,4)',
    description: 'VARCHAR',
    counterparty: 'VARCHAR',
    bank_code: 'VARCHAR',
    mcc: 'VARCHAR',
    observed_at: 'TIMESTAMPTZ',
    source: 'VARCHAR',
    original_amount_minor: 'BIGINT',
    original_currency: 'VARCHAR',
  },
  decisions: {
    account_id: 'VARCHAR',
    decision_seq: 'BIGINT',
    transaction_id: 'UUID',
    observation_id: 'UUID',
    kind: 'VARCHAR',
    status: 'VARCHAR',
    missing_upstream: 'BOOLEAN',
    date: 'DATE',
    amount_minor: 'BIGINT',
    currency: 'VARCHAR',
    prev_date: 'DATE',
  },
  balances: {
    account_id: 'VARCHAR',
    fetched_at: 'TIMESTAMPTZ',
    bank_now: 'TIMESTAMPTZ',
    balance_type: 'VARCHAR',
    amount_minor: 'BIGINT',
    currency: 'VARCHAR',
    reference_date: 'DATE',
    credit_limit_included: 'BOOLEAN',
  },
  accounts: {
    account_id: 'VARCHAR',
    connection_id: 'VARCHAR',
    described_at: 'TIMESTAMPTZ',
    name: 'VARCHAR',
    kind: 'VARCHAR',
    currency: 'VARCHAR',
    iban_masked: 'VARCHAR',
    institution_id: 'VARCHAR',
    institution_name: 'VARCHAR',
    institution_logo: 'VARCHAR',
    time_zone: 'VARCHAR',
    demo: 'BOOLEAN',
  },
  syncs: {
    sync_id: 'UUID',
    run_id: 'VARCHAR',
    connection_id: 'VARCHAR',
    account_id: 'VARCHAR',
    source: 'VARCHAR',
    trigger: 'VARCHAR',
    attempt: 'INTEGER',
    status: 'VARCHAR',
    error_code: 'VARCHAR',
    window_from: 'DATE',
    window_to: 'DATE',
    calls: 'INTEGER',
    observed: 'INTEGER',
    added: 'INTEGER',
    updated: 'INTEGER',
    unchanged: 'INTEGER',
    held: 'INTEGER',
    requested_at: 'TIMESTAMPTZ',
    started_at: 'TIMESTAMPTZ',
    finished_at: 'TIMESTAMPTZ',
  },
  held: {
    account_id: 'VARCHAR',
    held_id: 'UUID',
    kind: 'VARCHAR',
    observed_at: 'TIMESTAMPTZ',
    date: 'DATE',
    amount_minor: 'BIGINT',
    currency: 'VARCHAR',
  },
}

export const martDatasets = Object.keys(lakeTables) as MartDataset[]
export const isMartDataset = (dataset: string): dataset is MartDataset => Object.hasOwn(lakeTables, dataset)
/** The schema versions of the lake that these tables are read from. */
export const lakeVersions: Readonly<Record<MartDataset, number>> = {
  observations: 1,
  decisions: 1,
  balances: 1,
  accounts: 1,
  syncs: 1,
  held: 2,
}
/** Held rows of version 1 say neither what nor when: no mart can use them. */
export const isUnused = (dataset: MartDataset, version: number): boolean => dataset === 'held' && version === 1

/** A sync's log and held rows: no table of a mart is made of them, only views and questions read them (catalog.spec). */
export const isReadWhenAsked = (dataset: string): boolean => dataset === 'syncs' || dataset === 'held'
