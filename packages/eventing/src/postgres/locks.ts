import { CompiledQuery, type Kysely } from 'kysely'
import type { Lease, Timing } from '../ports.ts'

/** How often a standby asks for a lock that another process holds. */
const askMs = 250

/** How often the session of a lease is asked whether it lives, and how long it may take to answer. */
const beatMs = 1_000
const answerMs = 3_000

type Session = { run(sql: string, values: readonly unknown[]): Promise<readonly unknown[]>; end(): void; lost: boolean }

/**
 * Advisory locks of this process, all on one dedicated session: with the session they go, whatever became of the process.
 * They save work, the fence of the checkpoint keeps it right. The session is there while somebody holds or wants a lock.
 */
export function createLocks<Database>(database: Kysely<Database>, timing: Timing) {
  const mine = new Map<string, Session | undefined>()
  const waiting = new Set<() => void>()
  let users = 0
  let session: Promise<Session> | undefined

  const current = (): Promise<Session> => {
    const open = () => openSession(database)
    session = session ? session.then((known) => (known.lost ? open() : known), open) : open()
    return session
  }
  const leave = async () => {
    users--
    for (const wake of [...waiting]) wake()
    if (users > 0) return
    const last = session
    session = undefined
    await last?.then((open) => open.end()).catch(() => undefined)
  }
  const tryLock = async (name: string): Promise<boolean> => {
    // One session may take a lock twice, so runners of this process wait for each other here.
    if (mine.has(name)) return false
    mine.set(name, undefined)
    let isTaken = false
    try {
      const session = await current()
      mine.set(name, session)
      const [row] = await session.run('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [name])
      isTaken = typeof row === 'object' && row !== null && 'taken' in row && row.taken === true
      return isTaken
    } finally {
      if (!isTaken) mine.delete(name)
    }
  }
  const giveBack = async (name: string) => {
    // Where the session is lost the lock is gone already.
    const open = await session?.catch(() => undefined)
    if (open && !open.lost) {
      await open.run('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => undefined)
    }
    mine.delete(name)
    await leave()
  }

  const watch = async (held: Session, lost: AbortController, over: AbortSignal): Promise<void> => {
    while (!over.aborted) {
      await timing.wait(beatMs, over)
      if (over.aborted) return
      const asked = held.run('select 1', []).then(
        () => true,
        () => false,
      )
      if (!held.lost && (await Promise.race([asked, timing.wait(answerMs, over).then(() => over.aborted)]))) continue
      held.end()
      lost.abort(new Error('lease_lost: the database session that held it is gone; another process may have it now.'))
      return
    }
  }

  return {
    /** As `acquire`, for who has to know when the lock is gone with its session. */
    async lease(name: string, signal: AbortSignal): Promise<Lease> {
      const unlock = await this.acquire(name, signal)
      const held = mine.get(name)
      if (held === undefined) throw new Error(`The lock ${name} has no session.`)
      const lost = new AbortController()
      const over = new AbortController()
      void watch(held, lost, over.signal)
      return {
        lost: lost.signal,
        async release() {
          over.abort()
          await unlock()
        },
      }
    },
    /** Waits for the lock; throws the signal's reason. The answer gives it back. */
    async acquire(name: string, signal: AbortSignal): Promise<() => Promise<void>> {
      users++
      try {
        while (!signal.aborted) {
          if (await tryLock(name)) return () => giveBack(name)
          await pause(timing, waiting, signal)
        }
      } catch (error) {
        await leave()
        throw error
      }
      await leave()
      throw signal.reason
    },
  }
}

async function pause(timing: Timing, waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  const woken = new AbortController()
  const wake = () => woken.abort()
  waiting.add(wake)
  await timing.wait(askMs, AbortSignal.any([signal, woken.signal]))
  waiting.delete(wake)
}

/** A connection of the pool, kept until `end`; `end` resolves nothing and waits for nothing. */
function openSession<Database>(database: Kysely<Database>): Promise<Session> {
  return new Promise((resolve, reject) => {
    const ended = Promise.withResolvers<void>()
    database
      .connection()
      .execute(async (connection) => {
        const session: Session = {
          lost: false,
          end() {
            session.lost = true
            ended.resolve()
          },
          async run(sql, values) {
            try {
              return (await connection.executeQuery(CompiledQuery.raw(sql, [...values]))).rows
            } catch (error) {
              session.end()
              throw error
            }
          },
        }
        resolve(session)
        await ended.promise
        // The connection goes back to the pool; it shall not take locks along.
        await connection.executeQuery(CompiledQuery.raw('select pg_advisory_unlock_all()', [])).catch(() => undefined)
      })
      .catch(reject)
  })
}
