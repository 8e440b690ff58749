import type { Problem } from '../api/problem.ts'
import { texts } from '../texts.ts'
import { timeText, whenText } from './days.ts'

/** Our words for the codes that a person can meet, else the server's own `detail`, which is written for people. */
export function problemText(problem: Problem, now: Date = new Date()): string {
  if (problem.code === 'quota_exhausted' && problem.retryAfterSeconds !== undefined) {
    const back = new Date(now.getTime() + problem.retryAfterSeconds * 1000).toISOString()
    return texts.problems.quotaExhausted(timeText(back))
  }
  if (problem.code === 'bank_rests' && problem.retryAfterSeconds !== undefined) {
    const back = new Date(now.getTime() + problem.retryAfterSeconds * 1000).toISOString()
    return texts.problems.bankRests(whenText(back, now))
  }
  const known = texts.problemsByCode[problem.code]
  if (known) return known
  if (problem.status === 429) return texts.problems.tooMany
  if (problem.status >= 500 || problem.detail === '') return texts.problems.server
  return problem.detail
}
