import { Migration } from '@mikro-orm/migrations'

/**
 * What stands between guesses and passwords (auth). `attempts.key`: a fingerprint, so that neither name nor address stands
 * here; a device stands by the SHA-256 of what it holds. `password_version` counts changes of a password.
 */
export class Attempts extends Migration {
  override name = 'vault_0011_attempts'
  override up(): void {
    this.addSql(`create table vault.attempts (
      key text primary key, count integer not null, until timestamptz not null)`)
    this.addSql('create index attempts_until on vault.attempts (until)')
    this.addSql(`create table vault.known_devices (
      hash text primary key, user_id uuid not null, last_seen_at timestamptz not null)`)
    this.addSql('create index known_devices_user on vault.known_devices (user_id, last_seen_at)')
    this.addSql('alter table vault.credentials add column password_version integer not null default 1')
  }
}
