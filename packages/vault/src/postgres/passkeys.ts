import { Migration } from '@mikro-orm/migrations'

/** Passkeys (auth): public keys and counters. Whoever reads them can check a signature and make none. */
export class Passkeys extends Migration {
  override name = 'vault_0010_passkeys'
  override up(): void {
    this.addSql(`create table vault.passkeys (
      id uuid primary key, user_id uuid not null, credential_id text not null unique, public_key bytea not null,
      counter bigint not null, transports text[] not null, synced boolean not null, name text not null,
      created_at timestamptz not null, last_used_at timestamptz)`)
    this.addSql('create index passkeys_user on vault.passkeys (user_id)')
    // What ANALYZE samples of a column stands in the catalogue, where no erasure would look for it.
    for (const column of ['credential_id', 'name'])
      this.addSql(`alter table vault.passkeys alter column ${column} set statistics 0`)
  }
}
