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

/**
 * A version may be built several times, beside each other: `build` in both keys. `eventing.builds` says what becomes of each
 * and which one is read; what ran before this migration is read in its highest version. `fence` rises when somebody other
 * than the runner writes. Reactions set aside what they can never do.
 */
class EventingBuilds extends Migration {
  override name = 'eventing_0002_builds'
  override up(): void {
    for (const table of ['checkpoints', 'quarantine']) {
      this.addSql(`alter table eventing.${table} add column build integer not null default 1`)
      this.addSql(`alter table eventing.${table} drop constraint ${table}_pkey`)
    }
    this.addSql('alter table eventing.checkpoints add primary key (projection, version, build)')
    this.addSql('alter table eventing.quarantine add primary key (projection, version, build, seq)')
    this.addSql('alter table eventing.checkpoints add column fence integer not null default 0')
    this.addSql('alter table eventing.quarantine add column retry_asked_at timestamptz')
    this.addSql('create index quarantine_asked on eventing.quarantine (projection) where retry_asked_at is not null')
    this.addSql(`create table eventing.builds (
      projection text not null, version integer not null, build integer not null,
      state text not null check (state in ('building', 'differs', 'accepted', 'read', 'retired', 'discarded')),
      since timestamptz not null default now(), comparison jsonb,
      primary key (projection, version, build))`)
    this.addSql(`create unique index builds_read on eventing.builds (projection) where state = 'read'`)
    this.addSql(`insert into eventing.builds (projection, version, build, state)
      select projection, version, 1,
        case when version = max(version) over (partition by projection) then 'read' else 'retired' end
      from eventing.checkpoints`)
    this.addSql(`create table eventing.dead_letters (
      id text primary key, reaction text not null, context text not null, subject text not null, seq bigint not null,
      event_id text not null, attempts integer not null, reason text not null,
      since timestamptz not null default now(), repeat_asked_at timestamptz)`)
    this.addSql('create index dead_letters_reaction on eventing.dead_letters (reaction, since)')
  }
}

/**
 * Each row is of the role that wrote it, and no other sees or touches it: services share these tables, not what stands in
 * them. The tables' owner sees all, so nothing changes where everybody is that one role.
 */
class EventingOwners extends Migration {
  override name = 'eventing_0003_owners'
  override up(): void {
    for (const table of ['checkpoints', 'quarantine', 'builds', 'dead_letters']) {
      this.addSql(`alter table eventing.${table} add column owner name not null default current_user`)
      this.addSql(`alter table eventing.${table} enable row level security`)
      this.addSql(`create policy own_rows on eventing.${table} using (owner = current_user)`)
    }
  }
}

/** In order; a released one never changes. */
export const eventingMigrations = [EventingTables, EventingBuilds, EventingOwners]
