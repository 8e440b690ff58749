import { setTimeout as wait } from 'node:timers/promises'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { ErasureWord, Holders } from '../ports.ts'
import { HoldersSilent } from '../refusals.ts'
import { deadSeconds } from './presence.ts'

/** How often a process says that it lives, and looks for words. */
const beatMs = 500
/** A process that could not say so for this long trusts no key that it holds (`hears`). */
const deafMs = 10_000
const keptHours = 24

export type HoldersOptions = {
  /** For messages: which service. */
  name: string
  id: string
  onError(error: unknown): void
}

/**
 * Processes that may hold keys, as rows that they renew; words as rows, answers beside them. Nothing here needs the broker: who
 * opens keys reaches this database, and who does not opens none.
 */
export async function openHolders<Scope>(
  orm: MikroORM,
  { name, id, onError }: HoldersOptions,
): Promise<Holders<Scope> & { hears(): boolean }> {
  const ask = <Row>(sql: string, values: unknown[] = []) => orm.em.fork().execute<Row[]>(sql, values)
  const listeners: ((word: ErasureWord<Scope>) => Promise<void>)[] = []
  const stopping = new AbortController()
  let heardAt = performance.now()

  async function beat(): Promise<void> {
    const now = performance.now()
    await ask(`insert into vault.holders (id, name) values (?, ?) on conflict (id) do update set seen_at = now()`, [
      id,
      name,
    ])
    heardAt = now
  }

  async function answer(): Promise<void> {
    const unanswered = await ask<{ word: ErasureWord<Scope> }>(
      `select word from vault.erasure_words w
        where not exists (select 1 from vault.erasure_answers a where a.word_id = w.id and a.holder_id = ?) order by told_at`,
      [id],
    )
    for (const { word } of unanswered) {
      for (const listener of listeners) await listener(word)
      await ask('insert into vault.erasure_answers (word_id, holder_id) values (?, ?) on conflict do nothing', [
        word.id,
        id,
      ])
    }
  }

  async function again(step: () => Promise<void>): Promise<void> {
    let failed = false
    while (!stopping.signal.aborted) {
      try {
        await step()
        failed = false
      } catch (error) {
        // Told once: a database that is away is told of elsewhere as well.
        if (!failed && !stopping.signal.aborted) onError(error)
        failed = true
      }
      await wait(beatMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  await beat()
  // What a word asks for may take longer than a beat.
  const living = [again(beat), again(answer)]
  return {
    hears: () => performance.now() - heardAt < deafMs,
    onWord: (listener) => void listeners.push(listener),
    async tell(word, timeoutMs) {
      await ask(`delete from vault.erasure_words where told_at < now() - make_interval(hours => ?)`, [keptHours])
      await ask('insert into vault.erasure_words (id, word) values (?, ?::jsonb) on conflict do nothing', [
        word.id,
        JSON.stringify(word),
      ])
      const end = performance.now() + timeoutMs
      for (;;) {
        const silent = await ask<{ name: string }>(
          `select name from vault.holders h where seen_at > now() - make_interval(secs => ?)
            and not exists (select 1 from vault.erasure_answers a where a.word_id = ? and a.holder_id = h.id)`,
          [deadSeconds, word.id],
        )
        if (silent.length === 0) return
        if (performance.now() > end) throw new HoldersSilent(silent.map((one) => one.name))
        await wait(beatMs / 5)
      }
    },
    async stop() {
      stopping.abort()
      await Promise.all(living)
      await ask('delete from vault.holders where id = ?', [id]).catch(onError)
      await ask(`delete from vault.holders where seen_at < now() - make_interval(hours => ?)`, [keptHours]).catch(
        onError,
      )
    },
  }
}
