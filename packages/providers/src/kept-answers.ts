import type { WallClock } from './bank-clock.ts'

const MAX_KEPT = 500

/** Answers kept in this process for a time; several askers wait for one question, and a failure is not kept. */
export function keepAnswers<T>(clock: WallClock, forMs: number): (key: string, ask: () => Promise<T>) => Promise<T> {
  const entries = new Map<string, { answer: Promise<T>; untilMs: number }>()
  return (key, ask) => {
    const nowMs = clock.now().getTime()
    const known = entries.get(key)
    if (known !== undefined && known.untilMs > nowMs) return known.answer
    const entry = { answer: ask(), untilMs: nowMs + forMs }
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > MAX_KEPT) entries.delete(entries.keys().next().value ?? key)
    entry.answer.catch(() => {
      if (entries.get(key) === entry) entries.delete(key)
    })
    return entry.answer
  }
}

/** Banks come and go rarely, and their features with them. */
export const INSTITUTIONS_KEPT_MS = 24 * 3_600_000
