import { randomUUID } from 'node:crypto'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '../../src/client.ts'
import { eventually } from '../../src/eventually.ts'
import type { System } from '../../src/system.ts'

export const password = 'correct horse battery'
export type Marked = { client: Client; username: string; marker: string; spaceId: string; connection: string }

/** Somebody whose every name and row carries bytes that stand nowhere else. */
export async function marked(system: System): Promise<Marked> {
  const marker = `zqxmark${randomUUID().replaceAll('-', '').slice(0, 20)}`
  const username = `u-${marker}`
  const client = await Client.registered(system, username)
  const claims: { space: string } = JSON.parse(Buffer.from(client.token.split('.')[1] ?? '', 'base64url').toString())
  const connection = await client.connectDemoBank()
  await client.settled({ connection_id: connection })
  const [account] = await client.accounts()
  await markBank(system, await client.accounts(), marker)
  const run = await client.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
  await client.settled({ run_id: run.run_id })
  await client.expect(200, 'PATCH', `/connections/${connection}`, { friendly_name: `bank ${marker}` })
  await client.expect(200, 'PATCH', `/accounts/${account?.id}`, { name: `purse ${marker}` })
  const rows = `Date,Description,Amount\n2026-01-05,shop ${marker},-12.34\n2026-01-06,wage ${marker},100.00\n`
  const imported = await client.importFile(
    rows,
    { new_account: JSON.stringify({ name: `file ${marker}`, currency: 'GBP' }) },
    `${marker}.csv`,
  )
  expect([201, 202]).toContain(imported.status)
  const sql = `select description from fct_transactions where description like '%${marker}%'`
  await eventually(async () => {
    const answer = await client.expect<Rest.QueryAnswer>(200, 'POST', '/analytics/query', { sql })
    return answer.rows.length > 2
  }, 60_000)
  await client.expect(201, 'POST', '/queries', { name: `q ${marker}`, sql })
  await client.expect(200, 'PUT', `/preferences/${marker}`, { value: { q: marker } })
  await client.get(`/transactions?q=${marker}`)
  return { client, username, marker, spaceId: claims.space, connection }
}

/** From now on the bank says the marker in every account's name and rows. */
export async function markBank(system: System, accounts: readonly Rest.Account[], marker: string): Promise<void> {
  for (const { provider_account_id: id } of accounts) {
    const { booked } = await bank<{ booked: { date: string; amount: string; currency: string }[] }>(
      system,
      'GET',
      `/__sandbox/truth/${id}`,
    )
    const rows = booked.slice(0, 20).map(({ date, amount, currency }, n) => ({
      transactionId: `${marker}-${id.slice(0, 8)}-${n}`,
      bookingDate: date,
      valueDate: date,
      transactionAmount: { amount, currency },
      remittanceInformationUnstructured: `${marker} row ${n}`,
      creditorName: `shop ${marker}`,
    }))
    await bank(system, 'PUT', `/__sandbox/accounts/${id}/payload`, {
      transactions: { transactions: { booked: rows, pending: [] } },
    })
  }
}

export async function unmarkBank(system: System, accounts: readonly Rest.Account[]): Promise<void> {
  for (const { provider_account_id: id } of accounts)
    await bank(system, 'PUT', `/__sandbox/accounts/${id}/payload`, { transactions: null })
}
