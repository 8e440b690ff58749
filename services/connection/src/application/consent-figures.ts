import { type AskFigures, type Figure, type FigureName, whileAsked } from '@pf/service-kit'
import type { ConnectionRow } from '../read/connections.ts'
import type { Parts } from './parts.ts'
import { providerTime } from './provider-time.ts'

const dayMs = 86_400_000
/** As people are reminded (domain/consent-times.ts): a week and a day are for alarms. */
export const withinDays = [1, 7, 14] as const
/** Of each kind that are counted; more count as that many. */
const maxCounted = 5000

type Ends = Pick<ConnectionRow, 'provider' | 'expiresAt' | 'reconfirmation'>
type Seen = {
  now: ReadonlyMap<string, string>
  ending: readonly Ends[]
  ended: readonly Pick<ConnectionRow, 'provider'>[]
}

/** How many consents end soon or have ended, by provider: for dashboards and alarms. What is far from its end is not read. */
export function consentFigures(parts: Pick<Parts, 'views' | 'providers'>): Partial<Record<FigureName, AskFigures>> {
  const seen = whileAsked(() => lookedAt(parts))
  return {
    consentsEnding: async () => consentsEnding(await seen()),
    consentsEnded: async () => consentsEnded(await seen()),
  }
}

async function lookedAt({ views, providers }: Pick<Parts, 'views' | 'providers'>): Promise<Seen> {
  const [announced, confirming, ended] = await Promise.all([
    views.connections.find({ where: { stage: 'active', expiryAnnounced: true }, limit: maxCounted }),
    views.connections.find({ where: { isReconfirming: true }, limit: maxCounted }),
    views.connections.find({ where: { stage: 'ended' }, limit: maxCounted }),
  ])
  const now = new Map<string, string>()
  for (const { id } of providers.list()) {
    const time = await providerTime(providers, id)
    if (time !== undefined) now.set(id, time)
  }
  const ending = new Map([...announced, ...confirming].map((row) => [row.connectionId, row]))
  return { now, ending: [...ending.values()], ended }
}

/** As a histogram counts: who ends within a day ends within a week. Of a provider whose day is not known nothing is said. */
export const consentsEnding = ({ now, ending }: Pick<Seen, 'now' | 'ending'>): Figure[] =>
  [...now].flatMap(([provider, time]) =>
    withinDays.map((days) => {
      const until = Date.parse(time) + days * dayMs
      const value = ending.filter((one) => one.provider === provider && endMsOf(one) <= until).length
      return { labels: { provider, within_days: String(days) }, value }
    }),
  )

export const consentsEnded = ({ now, ended }: Pick<Seen, 'now' | 'ended'>): Figure[] =>
  [...now.keys()].map((provider) => ({
    labels: { provider },
    value: ended.filter((one) => one.provider === provider).length,
  }))

function endMsOf({ expiresAt, reconfirmation }: Ends): number {
  const ends = [expiresAt, reconfirmation?.validTo].flatMap((at) => (at == null ? [] : [Date.parse(at)]))
  return Math.min(...ends)
}
