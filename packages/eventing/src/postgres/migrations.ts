import { Migration } from '@mikro-orm/migrations'

/** Schema `eventing`: how far each projection is, and what it could not take. Read models have schemas of their own. */
class EventingTables extends Migration {
  override name = 'eventing_0001_tables'
  override up(): void {
    this.addSql('create schema if not exists eventing')
    this.addSql(`create table eventing.checkpoints (
      projection text not null, version integer not null, stream text not null, stream_created_at text not null,
      seq bigint not null check (seq >= 0), event_id text not null, moved_at timestamptz not null default now(),
      primary key (projection, version))`)
    this.addSql(`create table eventing.quarantine (
      projection text not null, version integer not null, subject text not null, seq bigint not null,
      event_id text not null, reason text not null, since timestamptz not null default now(),
      primary key (projection, version, seq))`)
    this.addSql('create index quarantine_subject on eventing.quarantine (projection, version, subject)')
  }
}

/** In order; a released one never changes. */
export const eventingMigrations = [EventingTables]
