import { DomainError } from '@pf/contracts'
import type { DemoBank } from '../application/parts.ts'

const timeoutMs = 10_000

/** The sandbox bank's control API (api.md "Sandbox bank"). */
export function sandboxClock(baseUrl: string): DemoBank {
  return {
    async advance(days) {
      const answer = await fetch(`${baseUrl.replace(/\/+$/, '')}/__sandbox/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance_days: days }),
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((cause: unknown) => {
        throw unavailable('it does not answer', cause)
      })
      await answer.body?.cancel()
      if (!answer.ok) throw unavailable(`it answered ${answer.status}`)
    },
  }
}

const unavailable = (why: string, cause?: unknown) =>
  new DomainError('provider_unavailable', `The demo bank's day could not be moved: ${why}. Try again.`, {
    retryAfterSeconds: 5,
    cause,
  })
