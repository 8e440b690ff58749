import type { AnyEvent } from '@pf/contracts'

/** What a space's connections say of providers. */
export function connectionFacts() {
  const handles = new Set<string>()
  const provider = new Map<string, string>()
  const removed = new Set<string>()
  return {
    learn(connectionId: string, { type, data }: AnyEvent): void {
      if ('provider' in data && typeof data.provider === 'string') provider.set(connectionId, data.provider)
      if (type === 'ConnectionRemoved') removed.add(connectionId)
      for (const text of textsIn(data)) handles.add(text)
    },
    /** Every word of theirs: ids of links and accounts at providers are among them, and secrets are named by those. */
    handles: handles as ReadonlySet<string>,
    /**
     * Those that have to be set up where the space goes: of connections that stand, and the demo's in any case, since its day
     * is asked for by every sync that there ever was.
     */
    needed: (): string[] => {
      const needed = [...provider].filter(([id, name]) => !removed.has(id) || name.startsWith('sandbox'))
      return [...new Set(needed.map(([, name]) => name))].sort()
    },
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* textsIn(one)
}
