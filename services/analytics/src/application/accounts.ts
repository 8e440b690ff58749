import { type MartAccount, Rest, refuse } from '@pf/contracts'
import { moneyOf } from '../domain/money.ts'
import { asOf, neverBuilt } from './as-of.ts'
import type { MartReads, Query, Row } from './ports.ts'

export async function listAccounts(
  registry: MartReads,
  spaceId: string,
): Promise<{ items: MartAccount[]; as_of: Rest.AsOf }> {
  const answer = await registry.read(spaceId, async (ask, remember) => {
    const proofs = new Map((await remember('proofs', () => ask(proofsSql))).map((row) => [row['account_id'], row]))
    return {
      items: (await ask(accountsSql)).map((row) => accountOf(row, proofs.get(row['account_id']))),
      as_of: await asOf(ask),
    }
  })
  return answer ?? { items: [], as_of: neverBuilt }
}

const accountsSql = `
  select
    account_id, name, kind, currency, iban_masked, booked_minor, booked_currency, available_minor, available_currency,
    balances_as_of, cast(first_date as varchar) as first_date, cast(last_date as varchar) as last_date
  from mart.main.dim_accounts
  order by account_id`

const proofsSql = `
  select account_id, status, cast(verified_to as varchar) as verified_to, reason from mart.main.fct_account_proof`

function proofOf(row: Row | undefined): Rest.Account['proof'] {
  const status = row?.['status']
  return {
    status: status === 'verified' || status === 'gap' ? status : 'unverified',
    verified_to: textOrNull(row?.['verified_to']),
    reason: textOrNull(row?.['reason']),
  }
}

function accountOf(row: Row, proof: Row | undefined): MartAccount {
  const money = (kind: 'booked' | 'available') => {
    const minor = row[`${kind}_minor`]
    return typeof minor === 'bigint' ? moneyOf(minor, String(row[`${kind}_currency`])) : null
  }
  const asOf = row['balances_as_of']
  return {
    id: String(row['account_id']),
    name: String(row['name']),
    kind: Rest.accountKinds.find((kind) => kind === row['kind']) ?? 'other',
    currency: String(row['currency']),
    iban_masked: textOrNull(row['iban_masked']),
    balances: {
      booked: money('booked'),
      available: money('available'),
      as_of: asOf instanceof Date ? asOf.toISOString() : null,
    },
    proof: proofOf(proof),
    first_date: textOrNull(row['first_date']),
    last_date: textOrNull(row['last_date']),
  }
}

/** Throws `account_not_found`. */
export async function dailyBalances(
  registry: MartReads,
  spaceId: string,
  { accountId, from, to }: { accountId: string; from?: string; to?: string },
): Promise<{ items: Rest.DailyBalance[]; as_of: Rest.AsOf }> {
  const answer = await registry.read(spaceId, async (ask) => {
    await knownAccount(ask, accountId)
    const rows = await ask(balancesSql, { account: accountId, from: from ?? null, to: to ?? null })
    return { items: rows.map(dailyBalanceOf), as_of: await asOf(ask) }
  })
  if (answer === undefined) throw accountNotFound()
  return answer
}

const balancesSql = `
  select cast(date as varchar) as date, booked_minor, currency, source
  from mart.main.fct_balances_daily
  where
    account_id = $account
    and ($from is null or date >= cast($from as date))
    and ($to is null or date <= cast($to as date))
  order by date`

const dailyBalanceOf = (row: Row): Rest.DailyBalance => ({
  date: String(row['date']),
  booked: moneyOf(BigInt(String(row['booked_minor'])), String(row['currency'])),
  source: row['source'] === 'bank' ? 'bank' : 'derived',
})

export async function knownAccount(ask: Query, accountId: string | undefined): Promise<void> {
  if (accountId === undefined) return
  const found = await ask('select 1 from mart.main.dim_accounts where account_id = $account', { account: accountId })
  if (found.length === 0) throw accountNotFound()
}

export const accountNotFound = () =>
  refuse('account_not_found', 'No account of yours has this id; GET /accounts lists those there are.')

export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
