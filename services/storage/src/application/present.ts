import type { LedgerEvent } from '@pf/contracts'
import type { CommandHandler } from '@pf/eventing'
import type { HeldRows } from '../domain/held-rows.ts'
import type { Ledger, LedgerCommand } from '../domain/ledger.ts'
import type { AccountRows } from './account-rows.ts'
import type { LedgerRows } from './ledger-rows.ts'

export type Account = { spaceId: string; accountId: string }

/** The account as its ledger stands, and what a word on it is planned against. */
export type Present = { ledger: Ledger; rows: AccountRows; held: HeldRows }

type Ledgers = { ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>; rows: LedgerRows }

export async function presentOf(account: Account, { ledgers, rows }: Ledgers): Promise<Present> {
  const { state: ledger } = await ledgers.load({ spaceId: account.spaceId, aggregateId: account.accountId })
  return { ledger, ...(await rows.of(account, ledger)) }
}
