import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { Migration } from '@mikro-orm/migrations'

/** Invitations (auth): by the SHA-256 of their codes alone. */
export const Invite = defineEntity({
  name: 'Invite',
  schema: 'vault',
  tableName: 'invites',
  properties: {
    id: p.uuid().primary(),
    hash: p.text(),
    issuedBy: p.uuid(),
    issuedAt: p.datetime(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().nullable(),
  },
})
export type Invite = InferEntity<typeof Invite>

export class Invites extends Migration {
  override name = 'vault_0012_invites'
  override up(): void {
    this.addSql(`create table vault.invites (
      id uuid primary key, hash text not null unique, issued_by uuid not null, issued_at timestamptz not null,
      expires_at timestamptz not null, used_at timestamptz)`)
    this.addSql('create index invites_issued_by on vault.invites (issued_by)')
  }
}
