import type { ErasedScope } from '@pf/vault/ledger'
import type { CopiedRow } from '@pf/vault/postgres'

/** What the newest erasure ledger says is gone, of a backup that may be older. */
export type Erased = {
  account(spaceId: string, accountId: string): boolean
  /** Of `raw/<space>/<account>/…`. */
  object(key: string): boolean
  /** Of `evt.<context>.<aggregate>.<space>.<id>`: all that a space has; of a connection, its accounts' and its own. */
  subject(subject: string): boolean
  /** Rows in the order of a copy: whose user is gone is known before that user's tokens come. */
  rows(copied: AsyncIterable<CopiedRow>): AsyncGenerator<CopiedRow>
}

export function erasedBy(scopes: readonly { scope: ErasedScope }[]): Erased {
  const spaces = new Set<string>()
  const accounts = new Set<string>()
  for (const { scope } of scopes) {
    if (scope.of === 'space') spaces.add(scope.spaceId)
    else for (const id of [scope.connectionId, ...scope.accountIds]) accounts.add(`${scope.spaceId}/${id}`)
  }
  const account = (spaceId: string, accountId: string) => spaces.has(spaceId) || accounts.has(`${spaceId}/${accountId}`)
  return {
    account,
    object(key) {
      const [, spaceId = '', accountId = ''] = key.split('/')
      return account(spaceId, accountId)
    },
    subject(subject) {
      const [, , , spaceId = '', aggregateId = ''] = subject.split('.')
      return account(spaceId, aggregateId)
    },
    async *rows(copied) {
      const users = new Set<unknown>()
      for await (const one of copied) {
        const { table, row } = one
        if (table === 'keys' && account(String(row['space_id']), String(row['account_id']))) continue
        // What says that a space's keys are gone stays, whatever else of it goes.
        if (table !== 'retired' && spaces.has(String(row['space_id']))) {
          if (table === 'credentials') users.add(row['user_id'])
          continue
        }
        if (users.has(row['user_id'])) continue
        yield one
      }
    },
  }
}
