import { Counter, Gauge, type Registry } from 'prom-client'

/** One series of a gauge: a value, and its labels by name. */
export type Figure = { value: number; labels?: Readonly<Record<string, string>> }
export type AskFigures = () => Promise<readonly Figure[]>

/**
 * What services read from what they keep at each scrape, by the name under which they say how (`metrics.watch`). Labels are
 * names of code and of providers, never ids of people, banks or accounts.
 */
const watched = {
  setAside: {
    name: 'pf_set_aside',
    help: 'What waits for an operator now: aggregates that a read model parked, messages that a reaction gave up',
    labelNames: ['kind', 'name'],
  },
  ready: {
    name: 'pf_ready',
    help: 'Whether a dependency or a read model is as it should be (1), as /ready tells in words',
    labelNames: ['part'],
  },
  diskFree: {
    name: 'pf_disk_free_bytes',
    help: 'Room left on the file system of PF_DATA_DIR',
    labelNames: [],
  },
  diskSize: {
    name: 'pf_disk_size_bytes',
    help: 'Size of the file system of PF_DATA_DIR',
    labelNames: [],
  },
  feeds: {
    name: 'pf_feeds',
    help: 'Accounts under a consent that stands, by what their newest sync came to (ok, failing, refused, closed, new)',
    labelNames: ['provider', 'state'],
  },
  feedsHeld: {
    name: 'pf_feeds_held',
    help: 'Accounts whose bank is not to be asked for rows now (quota, rest after failures, pause)',
    labelNames: ['provider', 'reason'],
  },
  syncsDue: {
    name: 'pf_syncs_due',
    help: 'Accounts whose sync is due and was not asked for yet',
    labelNames: ['provider'],
  },
  consentsEnding: {
    name: 'pf_consents_ending',
    help: "Consents that end, or have to be confirmed, within so many days of the provider's clock",
    labelNames: ['provider', 'within_days'],
  },
  consentsEnded: {
    name: 'pf_consents_ended',
    help: 'Banks whose consent has ended and that nobody has renewed or removed',
    labelNames: ['provider'],
  },
  erasuresPending: {
    name: 'pf_erasures_pending',
    help: 'Erasures that were promised and are not done',
    labelNames: [],
  },
  lastDrill: {
    name: 'pf_last_drill_timestamp_seconds',
    help: 'When a restore drill last passed; 0: never',
    labelNames: [],
  },
} as const

export type FigureName = keyof typeof watched

/** Registers them all; the answer adds who is asked at each scrape, until the function that it returns is called. */
export function watchFigures(registers: Registry[]): (figure: FigureName, ask: AskFigures) => () => void {
  const asked = new Map<FigureName, Set<AskFigures>>()
  const missed = new Counter({
    name: 'pf_figures_missed_total',
    help: 'Scrapes in which a service could not say a figure: it has no series there',
    labelNames: ['figure'],
    registers,
  })
  for (const [key, { name, help, labelNames }] of Object.entries(watched)) {
    const ways = new Set<AskFigures>()
    asked.set(key as FigureName, ways)
    new Gauge<string>({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        this.reset()
        // Without labels it would stand at 0 where nobody says anything, which would be a figure.
        if (labelNames.length === 0) this.remove()
        const all = await Promise.allSettled([...ways].map((ask) => ask()))
        // Of a database that is away there is no figure; that it is missing is counted, or an alarm on it would rest unseen.
        for (const one of all)
          if (one.status === 'rejected') missed.inc({ figure: name })
          else for (const { labels = {}, value } of one.value) this.inc(labels, value)
      },
    })
  }
  return (figure, ask) => {
    const ways = asked.get(figure)
    ways?.add(ask)
    return () => void ways?.delete(ask)
  }
}

/** However many ask while it is being looked at, it is looked at once. */
export function whileAsked<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined
  return () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
}
