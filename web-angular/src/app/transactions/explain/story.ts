import type { Explanation } from '../../api/types.ts'

type Observation = Explanation['observations'][number]
type Decision = Explanation['decisions'][number]

/** One step of how a row came to be, oldest first; `first` where its source says something for the first time. */
export type Step =
  | { kind: 'told'; at: string; observation: Observation; first: boolean }
  | { kind: 'decided'; at: string; decision: Decision }

/**
 * What was said and what was decided, in the order in which it happened. A decision stands behind the observation that it is
 * about, although both may bear the same instant.
 */
export function storyOf({ observations, decisions }: Explanation): Step[] {
  const sources = new Set<string>()
  const told: Step[] = [...observations]
    .sort((a, b) => a.fetched_at.localeCompare(b.fetched_at))
    .map((observation) => {
      const first = !sources.has(observation.source)
      sources.add(observation.source)
      return { kind: 'told', at: observation.fetched_at, observation, first }
    })
  const decided: Step[] = decisions.map((decision) => ({ kind: 'decided', at: decision.decided_at, decision }))
  const order = { told: 0, decided: 1 }
  return [...told, ...decided].sort((a, b) => a.at.localeCompare(b.at) || order[a.kind] - order[b.kind])
}

/** `file-ofx` → `OFX`; undefined for a bank. */
export const fileFormatOf = (source: string): string | undefined => /^file-(.+)$/.exec(source)?.[1]?.toUpperCase()
