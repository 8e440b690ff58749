import { AggregatorRegistry, collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'

/** All that one process (or one thread of it) counts, as it is sent to whoever merges it. */
export type Scrape = object[]

/** Heap, event loop, garbage, file descriptors: once for each process, whatever runs in it. */
let ofProcess: Registry | undefined

/** What these services of this process or thread count now. `thread`: the process' own figures are another's to give. */
export async function scrape(services: readonly Metrics[], { thread = false } = {}): Promise<Scrape[]> {
  if (!thread && ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
    // prom-client leaves it out where several are put together; here it is one process', and tells of restarts.
    const startedAt: (Metric & { aggregator?: string }) | undefined =
      ofProcess.getSingleMetric('process_start_time_seconds')
    if (startedAt !== undefined) startedAt.aggregator = 'first'
  }
  const registries = services.map(({ registry }) => registry)
  return Promise.all([...registries, ...(ofProcess ? [ofProcess] : [])].map((registry) => registry.getMetricsAsJSON()))
}

/** Prometheus' text format 0.0.4; each family stands once, however many services have it. */
export function exposition(scrapes: Scrape[]): Promise<string> {
  return AggregatorRegistry.aggregate(scrapes).metrics()
}
