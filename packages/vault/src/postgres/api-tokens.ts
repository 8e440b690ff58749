import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { Migration } from '@mikro-orm/migrations'

/** Personal API tokens (auth): by their SHA-256 alone. */
export const ApiToken = defineEntity({
  name: 'ApiToken',
  schema: 'vault',
  tableName: 'api_tokens',
  properties: {
    id: p.uuid().primary(),
    hash: p.text(),
    userId: p.uuid(),
    name: p.text(),
    scopes: p.array().columnType('text[]').$type<string[]>(),
    createdAt: p.datetime(),
    expiresAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
})
export type ApiToken = InferEntity<typeof ApiToken>

export class ApiTokens extends Migration {
  override name = 'vault_0006_api_tokens'
  override up(): void {
    this.addSql(`create table vault.api_tokens (
      id uuid primary key, hash text not null unique, user_id uuid not null, name text not null, scopes text[] not null,
      created_at timestamptz not null, expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz)`)
    this.addSql('create index api_tokens_user on vault.api_tokens (user_id)')
    this.addSql('create index api_tokens_revoked on vault.api_tokens (revoked_at) where revoked_at is not null')
    // What ANALYZE samples of a column stands in the catalogue, where no erasure would look for it.
    this.addSql('alter table vault.api_tokens alter column name set statistics 0')
  }
}
