import { type Rest, requests } from '@pf/contracts'
import type { Ask } from './ask.ts'

const deadlineMs = 120_000

/** Statement files, with the names that their accounts have now. */
export async function imports(ask: Ask): Promise<{ items: Rest.Import[] }> {
  const [files, accounts] = await Promise.all([
    ask(requests.storage.imports, {}, { deadlineMs }),
    ask(requests.connection.accounts, {}),
  ])
  const nameOf = new Map(accounts.items.map(({ id, name, institution }) => [id, name ?? institution.name]))
  return { items: files.items.map((one) => named(one, nameOf.get(one.account?.id ?? ''))) }
}

const named = (one: Rest.Import, name: string | undefined): Rest.Import =>
  one.account === null || name === undefined ? one : { ...one, account: { ...one.account, name } }
