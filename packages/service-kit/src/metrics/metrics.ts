import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { watchFigures } from './figures.ts'

/** Seconds: from a read model's answer to the longest deadline. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Messages of its stream that a read model has not taken yet; throws what stopped it for good. */
type Lag = () => Promise<number>

/**
 * What one service counts, under `service="<name>"`. Names are for dashboards and alarms: docs/metrics.md lists them, a spec
 * compares. Labels are names of code (operations, projections, reactions), never ids: their number is bounded.
 */
export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(service: string) {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]
  const lags = watchedLags(registers)
  return {
    registry,
    ...busInstruments(registers),
    ...logInstruments(registers),
    /** Asked for at each scrape, until the answer is called. */
    watchLag(projection: string, lag: Lag): () => void {
      lags.set(projection, lag)
      return () => void lags.delete(projection)
    },
    /** Likewise: what a service says of itself from what it keeps (figures.ts). */
    watch: watchFigures(registers),
  }
}

function watchedLags(registers: Registry[]): Map<string, Lag> {
  const lags = new Map<string, Lag>()
  let stopped = 0
  let asked: Promise<unknown> = Promise.resolve()
  new Gauge({
    name: 'pf_projection_lag_messages',
    help: 'Messages of its stream that a read model has not taken yet',
    labelNames: ['projection'],
    registers,
    async collect() {
      this.reset()
      stopped = 0
      const ask = ([projection, lag]: [string, Lag]) =>
        lag().then(
          (messages) => this.set({ projection }, messages),
          // One that stopped has no lag: no figure of it would be true.
          () => void stopped++,
        )
      asked = Promise.all([...lags].map(ask))
      await asked
    },
  })
  new Gauge({
    name: 'pf_projections_stopped',
    help: 'Read models that stopped for good and need a rebuild',
    registers,
    // Registered after the lag, so collected after it has begun to ask.
    async collect() {
      await asked
      this.set(stopped)
    },
  })
  return lags
}

function busInstruments(registers: Registry[]) {
  return {
    requestSeconds: new Histogram({
      name: 'pf_request_duration_seconds',
      help: 'Requests answered, by operation and outcome (ok, or the code of the refusal)',
      labelNames: ['operation', 'outcome'],
      buckets: requestBuckets,
      registers,
    }),
    requestsShed: new Counter({
      name: 'pf_requests_shed_total',
      help: 'Requests refused as overloaded before any work was done on them',
      labelNames: ['operation'],
      registers,
    }),
    requestsInFlight: new Gauge({
      name: 'pf_requests_in_flight',
      help: 'Requests being answered now',
      registers,
    }),
    requestBytesHeld: new Gauge({
      name: 'pf_request_bytes_held',
      help: 'Bytes of requests and answers held now, those that wait included',
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'pf_http_request_duration_seconds',
      help: "Answers of the gateway's API, from the first byte asked to the last one sent; streams count when they end",
      labelNames: ['method', 'status'],
      buckets: requestBuckets,
      registers,
    }),
    brokerReconnects: new Counter({
      name: 'pf_nats_reconnects_total',
      help: 'Times that the broker was reached again',
      registers,
    }),
    brokerRefusals: new Counter({
      name: 'pf_nats_permission_violations_total',
      help: 'Publications and subscriptions that the broker refused: a permission is missing',
      registers,
    }),
  }
}

function logInstruments(registers: Registry[]) {
  return {
    settingsFailures: new Counter({
      name: 'pf_settings_refresh_failures_total',
      help: 'Times that the settings in Parameter Store could not be read again: what was read last goes on',
      registers,
    }),
    appends: new Counter({
      name: 'pf_appends_total',
      help: 'Appends by outcome (appended, duplicate, conflict, unknown, failed)',
      labelNames: ['aggregate', 'outcome'],
      registers,
    }),
    reactionFailures: new Counter({
      name: 'pf_reaction_failures_total',
      help: 'Messages that a reaction could not take; each is tried again',
      labelNames: ['reaction'],
      registers,
    }),
    reactionsInFlight: new Gauge({
      name: 'pf_reactions_in_flight',
      help: 'Messages that reactions are busy with now',
      labelNames: ['reaction'],
      registers,
    }),
    reactionBytesHeld: new Gauge({
      name: 'pf_reaction_bytes_held',
      help: 'Bytes of the messages that reactions are busy with now',
      registers,
    }),
    deadLetters: new Counter({
      name: 'pf_dead_letters_total',
      help: 'Messages that a reaction gave up',
      labelNames: ['reaction'],
      registers,
    }),
    quarantined: new Counter({
      name: 'pf_quarantined_total',
      help: 'Messages that a read model could not take',
      labelNames: ['projection'],
      registers,
    }),
  }
}
