import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { Migration } from '@mikro-orm/migrations'

/**
 * A session that another identity provider began (auth). `sid`: its own id of it. `held`: its refresh token, sealed under
 * ours, by the hash of ours that opens it. `status`: open, ending (the provider has yet to hear of it) or ended.
 */
export const ProviderSession = defineEntity({
  name: 'ProviderSession',
  schema: 'vault',
  tableName: 'provider_sessions',
  properties: {
    sessionId: p.uuid().primary(),
    userId: p.uuid(),
    sid: p.text(),
    held: p.json().$type<Readonly<Record<string, string>>>(),
    expiresAt: p.datetime(),
    claimedUntil: p.datetime().nullable(),
    status: p.text().$type<'open' | 'ending' | 'ended'>(),
  },
})
export type ProviderSession = InferEntity<typeof ProviderSession>

export class ProviderSessions extends Migration {
  override name = 'vault_0013_provider_sessions'
  override up(): void {
    this.addSql(`create table vault.provider_sessions (
      session_id uuid primary key, user_id uuid not null, sid text not null, held jsonb not null,
      expires_at timestamptz not null, claimed_until timestamptz,
      status text not null check (status in ('open', 'ending', 'ended')))`)
    this.addSql('create index provider_sessions_user on vault.provider_sessions (user_id)')
    this.addSql('create index provider_sessions_expiry on vault.provider_sessions (expires_at)')
    this.addSql(`create index provider_sessions_ending on vault.provider_sessions (session_id) where status = 'ending'`)
    // What ANALYZE samples of a column stands in the catalogue, where no erasure would look for it.
    for (const column of ['sid', 'held'])
      this.addSql(`alter table vault.provider_sessions alter column ${column} set statistics 0`)
  }
}
