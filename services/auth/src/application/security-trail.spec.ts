import type { Principal } from '@pf/contracts'
import { systemClock } from '@pf/eventing'
import fc from 'fast-check'
import { memoryAudit } from '../testing/memory-audit.ts'
import { securityTrail } from './security-trail.ts'

const idOf = (n: number) => `0190a1b2-0000-7000-8000-${String(n).padStart(12, '0')}`
const principal: Principal = { userId: 'u', spaceId: 's', sessionId: 'x', roles: [] }
const users = fc.array(fc.boolean(), { maxLength: 12 })

describe('pages of security events', () => {
  it('show each of the user that was there at first, once and newest first, whatever happens between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        users,
        fc.array(users, { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (first, later, limit) => {
          let made = 0
          const audit = memoryAudit(systemClock, { uuid: () => idOf(++made) })
          const happen = async (whose: readonly boolean[]) => {
            for (const mine of whose) {
              const user = { userId: mine ? 'u' : 'other', spaceId: 's' }
              await audit.record({ action: 'signed_in', user, client: undefined })
            }
          }
          await happen(first)
          const there = (await audit.list({ userId: 'u', limit: 100 })).map(({ id }) => id)
          const seen: string[] = []
          const waiting = [...later]
          for (let cursor: string | undefined; ; ) {
            const page = await securityTrail(audit, principal, { limit, ...(cursor && { cursor }) })
            seen.push(...page.items.map(({ id }) => id))
            cursor = page.next_cursor
            if (cursor === undefined) break
            await happen(waiting.shift() ?? [])
          }
          expect(seen).toEqual(there)
        },
      ),
    )
  })
})
