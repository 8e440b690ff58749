import type { ConnectionEvent, LedgerEvent, LinkedAccount } from '@pf/contracts'
import type { CommandContext, CommandHandler } from '@pf/eventing'
import { type AccountDetails, type Payload, parsePayload, readDetails, UnreadablePayload } from '@pf/providers/rules'
import type { ConnectionFacts } from '../domain/connection-facts.ts'
import { type AccountRow, accounts } from '../domain/lake.ts'
import type { Ledger, LedgerCommand } from '../domain/ledger.ts'
import type { Lake, RawObjects } from './ports.ts'
import { asLakeFile } from './write-plan.ts'

export type RequisitionLinkedData = Extract<ConnectionEvent, { type: 'RequisitionLinked' }>['data']

export type DescribeAccountsParts = {
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  lake: Lake
  raw: RawObjects
}

/** The provider instances whose accounts are play money: the sandbox bank, by each of its protocols. */
const DEMO_PROVIDERS: ReadonlySet<string> = new Set(['sandbox', 'sandbox-eb'])

/**
 * One row of dataset `accounts` for each account of a linked consent, each in a message of its account's ledger. Safe to
 * repeat: rows are made of the event alone, so that a retry writes the same files. The holder's name stays in the raw zone.
 */
export async function describeAccounts(
  linked: RequisitionLinkedData,
  connection: { spaceId: string; facts: ConnectionFacts; linkedAt: string },
  context: CommandContext,
  parts: DescribeAccountsParts,
): Promise<void> {
  const { spaceId, facts, linkedAt } = connection
  const { provider, institution } = facts
  if (provider === undefined || institution === undefined) {
    throw new Error(`Connection ${linked.connectionId} was linked but never requested; its log is not whole.`)
  }
  for (const account of linked.accounts) {
    const details = await accountDetails({ spaceId, accountId: account.accountId }, account, parts.raw)
    const row: AccountRow = {
      space_id: spaceId,
      account_id: account.accountId,
      connection_id: linked.connectionId,
      described_at: linkedAt,
      name: details.name,
      kind: details.kind,
      currency: details.currency ?? account.currency,
      iban_masked: details.ibanMasked ?? null,
      institution_id: institution.id,
      institution_name: institution.name,
      institution_logo: institution.logo,
      provider,
      provider_account_id: account.providerAccountId,
      time_zone: account.timeZone,
      demo: DEMO_PROVIDERS.has(provider),
      raw_key: account.details.key,
      raw_sha256: account.details.sha256,
    }
    const place = { spaceId, accountId: account.accountId, day: linkedAt.slice(0, 10), name: linked.connectionId }
    await parts.ledgers.handle(
      { spaceId, aggregateId: account.accountId },
      {
        type: 'DescribeAccount',
        accountId: account.accountId,
        connectionId: linked.connectionId,
        files: [asLakeFile(await parts.lake.write(accounts, place, [row]))],
        describedAt: linkedAt,
      },
      context,
    )
  }
}

/** What the bank said of an account when it was linked. Throws UnreadablePayload. */
export async function accountDetails(
  at: { spaceId: string; accountId: string },
  { details }: Pick<LinkedAccount, 'details'>,
  raw: RawObjects,
): Promise<AccountDetails> {
  const body = parsePayload(await raw.read(at, details))
  if (!isDetailsObject(body)) throw new UnreadablePayload('no object of both', '{"metadata":{…},"details":{…}}')
  return readDetails(body.metadata, body.details)
}

function isDetailsObject(body: unknown): body is { metadata: Payload; details: Payload } {
  return typeof body === 'object' && body !== null && 'metadata' in body && 'details' in body
}
