import type { MikroORM } from '@mikro-orm/postgresql'
import { contexts } from '@pf/contracts'
import { type DeadLetter, type DeadLetters, deadLetterId } from '../dead-letters.ts'
import type { Timing } from '../ports.ts'
import { systemTiming } from '../system.ts'
import { changed, type Found, rowsOf } from './queries.ts'

/** How often a reaction looks whether an operator asked. */
const lookMs = 1_000

/** In `eventing.dead_letters` (`eventingMigrations`). */
export function createPostgresDeadLetters(
  orm: MikroORM,
  { timing = systemTiming }: { timing?: Timing } = {},
): DeadLetters {
  const database = orm.driver.getConnection().getClient<unknown>()
  return {
    async set(letter) {
      const { reaction, context, subject, seq, eventId, attempts, reason } = letter
      await changed(database, {
        sql: `insert into eventing.dead_letters (id, reaction, context, subject, seq, event_id, attempts, reason)
          values ($1, $2, $3, $4, $5, $6, $7, $8)
          on conflict (id) do update set attempts = excluded.attempts, reason = excluded.reason, repeat_asked_at = null`,
        values: [
          deadLetterId(letter),
          reaction,
          context,
          subject,
          seq,
          eventId,
          attempts,
          reason.replaceAll('\u0000', ''),
        ],
      })
    },
    async list(reaction) {
      const found = await rowsOf(database, {
        sql: 'select * from eventing.dead_letters where $1::text is null or reaction = $1 order by since, reaction, seq',
        values: [reaction ?? null],
      })
      return found.map(letterOf)
    },
    async ask(id) {
      const sql = 'update eventing.dead_letters set repeat_asked_at = now() where id = $1'
      return (await changed(database, { sql, values: [id] })) > 0
    },
    async take(reaction) {
      const [found] = await rowsOf(database, {
        sql: `update eventing.dead_letters set repeat_asked_at = null where id = (
            select id from eventing.dead_letters where reaction = $1 and repeat_asked_at is not null
            order by since limit 1 for update skip locked)
          returning *, true as taken`,
        values: [reaction],
      })
      return found && letterOf(found)
    },
    async remove(id) {
      await changed(database, { sql: 'delete from eventing.dead_letters where id = $1', values: [id] })
    },
    async erase({ spaceId, aggregateIds }) {
      await changed(database, {
        sql: `delete from eventing.dead_letters where split_part(subject, '.', 4) = $1
          and ($2::text[] is null or split_part(subject, '.', 5) = any($2::text[]))`,
        values: [spaceId, aggregateIds ?? null],
      })
    },
    changed: (signal) => timing.wait(lookMs, signal),
  }
}

function letterOf(row: Found): DeadLetter {
  const context = contexts.find((known) => known === row['context'])
  if (context === undefined) throw new Error(`A dead letter is of context ${String(row['context'])}, which is none.`)
  return {
    id: String(row['id']),
    reaction: String(row['reaction']),
    context,
    subject: String(row['subject']),
    seq: Number(row['seq']),
    eventId: String(row['event_id']),
    attempts: Number(row['attempts']),
    reason: String(row['reason']),
    since: new Date(String(row['since'])).toISOString(),
    isAsked: row['taken'] === true || row['repeat_asked_at'] !== null,
  }
}
