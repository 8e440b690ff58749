import type { CopiedRow } from '@pf/vault/postgres'
import { erasedBy } from './erased.ts'

const erased = erasedBy([
  { scope: { of: 'space', spaceId: 'gone' } },
  { scope: { of: 'connection', spaceId: 'kept', connectionId: 'c', accountIds: ['a1'] } },
])

async function left(...rows: CopiedRow[]): Promise<CopiedRow[]> {
  async function* copied() {
    yield* rows
  }
  const found: CopiedRow[] = []
  for await (const row of erased.rows(copied())) found.push(row)
  return found
}
const key = (space_id: string, account_id: string): CopiedRow => ({ table: 'keys', row: { space_id, account_id } })

describe('what the erasure ledger says is gone', () => {
  it('is all of a space, and just the accounts of a connection', () => {
    expect(erased.object('raw/gone/any/1.zst')).toBe(true)
    expect(erased.object('raw/kept/a1/1.zst')).toBe(true)
    expect(erased.object('raw/kept/a2/1.zst')).toBe(false)
    expect(erased.subject('evt.storage.ledger.kept.a1')).toBe(true)
    expect(erased.subject('evt.connection.connection.kept.c')).toBe(true)
    expect(erased.subject('evt.connection.connection.kept.other')).toBe(false)
    expect(erased.subject('evt.auth.user.gone.u')).toBe(true)
  })

  it('takes the keys with it, and no others', async () => {
    const kept = [key('kept', ''), key('kept', 'a2')]
    expect(await left(key('gone', ''), ...kept, key('gone', 'a2'), key('kept', 'a1'))).toEqual(kept)
  })

  it('takes a user and what the user is signed in by', async () => {
    const user = (user_id: string, space_id: string): CopiedRow => ({
      table: 'credentials',
      row: { user_id, space_id },
    })
    const token = (user_id: string): CopiedRow => ({ table: 'refresh_tokens', row: { user_id } })
    const kept = [user('u2', 'kept'), token('u2')]
    expect(await left(user('u1', 'gone'), kept[0]!, token('u1'), kept[1]!)).toEqual(kept)
  })

  it('leaves everything else as it was', async () => {
    const rows: CopiedRow[] = [
      { table: 'retired', row: { space_id: 'gone', account_id: '' } },
      { table: 'secrets', row: { name: 'provider/token' } },
    ]
    expect(await left(...rows)).toEqual(rows)
  })
})
