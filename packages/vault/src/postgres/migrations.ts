import { Migration } from '@mikro-orm/migrations'
import { ApiTokens } from './api-tokens.ts'
import { Attempts } from './attempts.ts'
import { Drills } from './drills.ts'
import { Invites } from './invites.ts'
import { Moves } from './moves.ts'
import { Passkeys } from './passkeys.ts'
import { ProviderSessions } from './provider-sessions.ts'
import { SecondFactors } from './second-factors.ts'
import { Sessions } from './sessions.ts'

class VaultTables extends Migration {
  override name = 'vault_0001_tables'
  override up(): void {
    this.addSql('create schema if not exists vault')
    this.addSql(`create table vault.keys (
      space_id text not null, account_id text not null, root_id text not null unique,
      generation integer not null check (generation >= 1), wrapped bytea not null,
      created_at timestamptz not null default now(), primary key (space_id, account_id))`)
    this.addSql(`create table vault.secrets (
      name text primary key, sealed bytea not null, updated_at timestamptz not null default now())`)
    this.addSql(`create table vault.credentials (
      user_id uuid primary key, space_id uuid not null, username text not null, password_hash text not null,
      roles text[] not null, created_at timestamptz not null)`)
    this.addSql('create unique index credentials_username on vault.credentials (lower(username))')
    this.addSql(`create table vault.refresh_tokens (
      hash text primary key, family uuid not null, user_id uuid not null,
      issued_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz,
      successor_hash text, ended_at timestamptz, reason text)`)
    this.addSql('create index refresh_tokens_family on vault.refresh_tokens (family)')
    this.addSql('create index refresh_tokens_user on vault.refresh_tokens (user_id)')
    this.addSql('create index refresh_tokens_ended on vault.refresh_tokens (ended_at) where ended_at is not null')
    this.addSql('create index refresh_tokens_expiry on vault.refresh_tokens (expires_at)')
    this.addSql(`create table vault.signing_keys (
      kid text primary key, sealed_private_jwk bytea not null, public_jwk jsonb not null,
      created_at timestamptz not null, retires_at timestamptz not null)`)
  }
}

class Erasures extends Migration {
  override name = 'vault_0002_erasures'
  override up(): void {
    this.addSql(`create table vault.retired (
      space_id text not null, account_id text not null, retired_at timestamptz not null default now(),
      primary key (space_id, account_id))`)
    this.addSql(`create table vault.erasure_ledger (
      one boolean primary key default true check (one), ledger_id text not null, seq bigint not null, hash text not null)`)
    this.addSql(`create table vault.holders (
      id text primary key, name text not null, seen_at timestamptz not null default now())`)
    this.addSql(`create table vault.erasure_words (
      id text primary key, word jsonb not null, told_at timestamptz not null default now())`)
    this.addSql(`create table vault.erasure_answers (
      word_id text not null references vault.erasure_words (id) on delete cascade, holder_id text not null,
      primary key (word_id, holder_id))`)
    // What ANALYZE samples of a column stands in the catalogue, where no erasure would look for it.
    for (const column of ['username', 'password_hash'])
      this.addSql(`alter table vault.credentials alter column ${column} set statistics 0`)
  }
}

class Restores extends Migration {
  override name = 'vault_0003_restores'
  override up(): void {
    this.addSql(`create table vault.restoring (
      one boolean primary key default true check (one), since timestamptz not null default now())`)
  }
}

class ErasureMarks extends Migration {
  override name = 'vault_0004_erasure_marks'
  override up(): void {
    this.addSql('create table vault.erasure_marks (name text primary key, seq bigint not null)')
  }
}

class Preferences extends Migration {
  override name = 'vault_0005_preferences'
  override up(): void {
    // `place`: the key's fingerprint, so that no text of a user stands here in the clear.
    this.addSql(`create table vault.preferences (
      place text primary key, user_id uuid not null, space_id uuid not null, revision uuid not null,
      key_id text not null, sealed bytea not null)`)
    this.addSql('create index preferences_user on vault.preferences (user_id)')
    this.addSql('create index preferences_space on vault.preferences (space_id)')
  }
}

class Identities extends Migration {
  override name = 'vault_0007_identities'
  override up(): void {
    this.addSql(`alter table vault.credentials alter column password_hash drop not null,
      add column issuer text not null default 'personal-finances', add column subject text`)
    this.addSql(
      'create unique index credentials_subject on vault.credentials (issuer, (coalesce(subject, user_id::text)))',
    )
    this.addSql('alter table vault.credentials alter column subject set statistics 0')
  }
}

/** In order; a released one never changes. */
export const vaultMigrations = [
  VaultTables,
  Erasures,
  Restores,
  ErasureMarks,
  Preferences,
  ApiTokens,
  Identities,
  Sessions,
  SecondFactors,
  Passkeys,
  Attempts,
  Invites,
  ProviderSessions,
  Drills,
  Moves,
]
