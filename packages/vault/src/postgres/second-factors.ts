import { Migration } from '@mikro-orm/migrations'

/**
 * Second factors (auth). `sealed_secret`: by `SecretBox.seal('totp/<user>', …)`; recovery codes and what was given out to be
 * answered stand by their SHA-256 alone.
 */
export class SecondFactors extends Migration {
  override name = 'vault_0009_second_factors'
  override up(): void {
    this.addSql(`create table vault.totp (
      user_id uuid primary key, sealed_secret bytea not null, started_at timestamptz not null, confirmed_at timestamptz,
      last_step bigint not null default -1, failed integer not null default 0, failed_since timestamptz)`)
    this.addSql(`create table vault.recovery_codes (
      user_id uuid not null, hash text not null, primary key (user_id, hash))`)
    this.addSql(`create table vault.challenges (
      hash text primary key, kind text not null, user_id uuid, expires_at timestamptz not null,
      tries integer not null default 0)`)
    this.addSql('create index challenges_expiry on vault.challenges (expires_at)')
    this.addSql('create index challenges_user on vault.challenges (user_id)')
  }
}
