import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { Migration } from '@mikro-orm/migrations'

/** Sessions (auth), whichever provider issues their tokens. `sealed`: from where, by the space's key. */
export const Session = defineEntity({
  name: 'Session',
  schema: 'vault',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    spaceId: p.uuid(),
    startedAt: p.datetime(),
    lastSeenAt: p.datetime(),
    expiresAt: p.datetime(),
    endedAt: p.datetime().nullable(),
    reason: p.text().nullable(),
    keyId: p.text().nullable(),
    sealed: p.uint8array().nullable(),
  },
})
export type Session = InferEntity<typeof Session>

/** The audit trail (auth). `spaceId`: whose key sealed from where; `userId`: null where nobody was proven. */
export const SecurityEvent = defineEntity({
  name: 'SecurityEvent',
  schema: 'vault',
  tableName: 'security_events',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().nullable(),
    spaceId: p.text(),
    action: p.text(),
    sessionId: p.uuid().nullable(),
    at: p.datetime(),
    keyId: p.text(),
    sealed: p.uint8array(),
  },
})
export type SecurityEvent = InferEntity<typeof SecurityEvent>

export class Sessions extends Migration {
  override name = 'vault_0008_sessions'
  override up(): void {
    this.addSql(`create table vault.sessions (
      id uuid primary key, user_id uuid not null, space_id uuid not null, started_at timestamptz not null,
      last_seen_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz, reason text,
      key_id text, sealed bytea)`)
    this.addSql('create index sessions_user on vault.sessions (user_id)')
    this.addSql('create index sessions_ended on vault.sessions (ended_at) where ended_at is not null')
    this.addSql('create index sessions_expiry on vault.sessions (expires_at) where ended_at is null')
    // Those that are open as this version comes.
    this.addSql(`insert into vault.sessions (id, user_id, space_id, started_at, last_seen_at, expires_at, ended_at, reason)
      select t.family, c.user_id, c.space_id, min(t.issued_at), max(t.issued_at), max(t.expires_at), max(t.ended_at), max(t.reason)
      from vault.refresh_tokens t join vault.credentials c on c.user_id = t.user_id group by 1, 2, 3`)
    this.addSql(`create table vault.security_events (
      id uuid primary key, user_id uuid, space_id text not null, action text not null, session_id uuid,
      at timestamptz not null, key_id text not null, sealed bytea not null)`)
    this.addSql('create index security_events_user on vault.security_events (user_id, at)')
    this.addSql('create index security_events_at on vault.security_events (at)')
  }
}
