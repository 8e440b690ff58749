import { type Context, contexts, DomainError, type RefusalCode, type Rest, requests } from '@pf/contracts'
import type { Ask } from './ask.ts'

/** What every service says of itself. Throws operator_only. */
export async function operations(ask: Ask): Promise<Rest.Operations> {
  const { answers, unavailable } = await askAll((service) => ask(requests[service].operations, {}))
  return {
    projections: answers.flatMap(({ projections }) => projections),
    quarantine: answers.flatMap(({ quarantine }) => quarantine),
    erasures: answers.flatMap(({ erasures }) => erasures).sort((a, b) => (a.since < b.since ? -1 : 1)),
    last_drill: answers.find(({ last_drill }) => last_drill)?.last_drill ?? null,
    unavailable: unavailable.map(({ service }) => service).sort(),
  }
}

/** Every service answers for itself; only the one that has the thing knows it. Throws operator_only. */
export async function askAll<T>(ask: (service: Context) => Promise<T>, notMine?: RefusalCode) {
  const unavailable: { service: Context; error: unknown }[] = []
  const asked = contexts.map(async (service): Promise<T[]> => {
    try {
      return [await ask(service)]
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'internal'
      if (code === 'operator_only') throw error
      if (code !== notMine) unavailable.push({ service, error })
      return []
    }
  })
  // In the order of the services, whoever answers first.
  const answers = (await Promise.all(asked)).flat()
  return { answers, unavailable }
}
