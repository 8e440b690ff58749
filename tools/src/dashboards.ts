import { fileURLToPath } from 'node:url'

type Query = { expr: string; legend: string }
type Panel = { title: string; says: string; queries: Query[]; unit?: string; kind?: 'timeseries' | 'stat' }
type Dashboard = { file: string; title: string; panels: Panel[] }

const mine = 'job="personal-finances"'
const query = (expr: string, legend: string): Query => ({ expr, legend })
const share = (status: string) =>
  `sum(rate(pf_http_request_duration_seconds_count{status=~"${status}"}[5m])) or vector(0)`
const percentile = (of: number, name: string, by: string) =>
  `histogram_quantile(${of}, sum by (${by}) (rate(${name}_bucket[5m])))`

const overview: Dashboard = {
  file: 'overview',
  title: 'Overview',
  panels: [
    {
      title: 'Processes that answer',
      says: 'Of six; make logs says which one is missing.',
      kind: 'stat',
      queries: [query(`sum(up{${mine}})`, 'up')],
    },
    {
      title: 'What is not ready',
      says: 'Dependencies and read models, as /ready says them in words.',
      kind: 'stat',
      queries: [query('count(pf_ready == 0) or vector(0)', 'not ready')],
    },
    {
      title: 'Waits for an operator',
      says: 'npm run log -- quarantine list',
      kind: 'stat',
      queries: [query('sum(pf_set_aside) or vector(0)', 'set aside')],
    },
    {
      title: 'Days since a restore drill passed',
      says: 'Of an installation that has passed none yet: since 1970.',
      kind: 'stat',
      unit: 'd',
      queries: [query('(time() - max(pf_last_drill_timestamp_seconds)) / 86400', 'days')],
    },
    {
      title: 'Answers of the API',
      says: 'Of ours are those of 5xx; 4xx are what was asked wrongly.',
      unit: 'reqps',
      queries: [query(share('2..|3..'), 'well'), query(share('4..'), '4xx'), query(share('5..'), '5xx')],
    },
    {
      title: 'How long answers take',
      says: 'Streams count when they end.',
      unit: 's',
      queries: [
        query(percentile(0.5, 'pf_http_request_duration_seconds', 'le'), 'half of them'),
        query(percentile(0.99, 'pf_http_request_duration_seconds', 'le'), '99 of 100'),
      ],
    },
    {
      title: 'Read models behind their stream',
      says: 'Messages; above 1,000 a service says that it is not ready.',
      queries: [query('max by (service, projection) (pf_projection_lag_messages)', '{{service}} {{projection}}')],
    },
    {
      title: 'Room on the disk',
      says: 'Of the file system that PF_DATA_DIR lies on.',
      unit: 'bytes',
      queries: [query('min(pf_disk_free_bytes)', 'free'), query('min(pf_disk_size_bytes)', 'size')],
    },
  ],
}

const banks: Dashboard = {
  file: 'banks',
  title: 'Banks',
  panels: [
    {
      title: 'Accounts by what their newest sync came to',
      says: 'refused: the bank wants its user.',
      queries: [query('sum by (provider, state) (pf_feeds)', '{{provider}} {{state}}')],
    },
    {
      title: 'Accounts whose bank is not to be asked now',
      says: 'quota: no calls left today; rest: two failures that count; pause: the bank has trouble with the account.',
      queries: [query('sum by (provider, reason) (pf_feeds_held)', '{{provider}} {{reason}}')],
    },
    {
      title: 'Syncs due and not asked for',
      says: 'More than a moment of it means that the scheduler stands.',
      queries: [query('sum by (provider) (pf_syncs_due)', '{{provider}}')],
    },
    {
      title: 'Consents that end soon',
      says: 'Within so many days, or have to be confirmed by then.',
      queries: [
        query('sum by (provider, within_days) (pf_consents_ending)', '{{provider}} within {{within_days}} days'),
      ],
    },
    {
      title: 'Banks whose consent has ended',
      says: 'Neither renewed nor removed.',
      queries: [query('sum by (provider) (pf_consents_ended)', '{{provider}}')],
    },
    {
      title: 'Writes to the log',
      says: 'conflict: somebody else was first, and it is decided anew; unknown and failed should not be there.',
      unit: 'ops',
      queries: [query('sum by (outcome) (rate(pf_appends_total[5m]))', '{{outcome}}')],
    },
    {
      title: 'Erasures not done yet',
      says: 'Promised to somebody: tried until nothing is found.',
      queries: [query('sum(pf_erasures_pending)', 'pending')],
    },
    {
      title: 'Quarantine',
      says: 'What a read model could not take, and what a reaction gave up.',
      queries: [query('sum by (kind, name) (pf_set_aside) or vector(0)', '{{kind}} {{name}}')],
    },
  ],
}

const services: Dashboard = {
  file: 'services',
  title: 'Services',
  panels: [
    {
      title: 'Requests answered',
      says: 'Between services, over the bus.',
      unit: 'reqps',
      queries: [query('sum by (service) (rate(pf_request_duration_seconds_count[5m]))', '{{service}}')],
    },
    {
      title: 'How long requests take (99 of 100)',
      says: 'Over the bus.',
      unit: 's',
      queries: [query(percentile(0.99, 'pf_request_duration_seconds', 'le, service'), '{{service}}')],
    },
    {
      title: 'Requests under way, and refused',
      says: 'Refused where a service has too many.',
      queries: [
        query('sum by (service) (pf_requests_in_flight)', '{{service}} under way'),
        query('sum by (service) (rate(pf_requests_shed_total[5m])) or vector(0)', '{{service}} refused a second'),
      ],
    },
    {
      title: 'Reactions',
      says: 'Messages they are busy with, and those that are tried again.',
      queries: [
        query('sum by (reaction) (pf_reactions_in_flight)', '{{reaction}} busy'),
        query('sum by (reaction) (rate(pf_reaction_failures_total[5m])) or vector(0)', '{{reaction}} failed a second'),
      ],
    },
    {
      title: 'Memory',
      says: 'Resident, of each process.',
      unit: 'bytes',
      queries: [query(`process_resident_memory_bytes{${mine}}`, '{{instance}}')],
    },
    {
      title: 'Processor',
      says: 'Seconds a second.',
      queries: [query(`rate(process_cpu_seconds_total{${mine}}[5m])`, '{{instance}}')],
    },
    {
      title: 'Event loop late (99 of 100)',
      says: 'How long what is due has to wait for its turn.',
      unit: 's',
      queries: [query(`nodejs_eventloop_lag_p99_seconds{${mine}}`, '{{instance}}')],
    },
    {
      title: 'Starts within the last hour',
      says: 'More than one of a process, and it does not stay up.',
      queries: [query(`changes(process_start_time_seconds{${mine}}[1h])`, '{{instance}}')],
    },
  ],
}

const datasource = { type: 'prometheus', uid: 'prometheus' }
const folder = (file: string) =>
  fileURLToPath(new URL(`../../deploy/observability/dashboards/${file}.json`, import.meta.url))

/** Two panels a row, stats four. */
function placed(panels: readonly Panel[]): { panel: Panel; gridPos: object }[] {
  let [x, y] = [0, 0]
  return panels.map((panel) => {
    const [w, h] = panel.kind === 'stat' ? [6, 4] : [12, 8]
    const gridPos = { x, y, w, h }
    x += w
    if (x >= 24) [x, y] = [0, y + h]
    return { panel, gridPos }
  })
}

function panelOf({ title, says, queries, unit = 'short', kind = 'timeseries' }: Panel, id: number, gridPos: object) {
  return {
    ...{ id, type: kind, title, description: says, gridPos, datasource },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(({ expr, legend }, index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource, expr, legendFormat: legend },
    })),
  }
}

/** Of Grafana's dashboards only what our own words and queries need; Grafana fills in the rest as it reads them. */
export const dashboards = (): { path: string; text: string; queries: string[] }[] =>
  [overview, banks, services].map(({ file, title, panels }) => {
    const dashboard = {
      ...{ uid: `pf-${file}`, title: `Personal Finances: ${title}`, tags: ['personal-finances'], schemaVersion: 39 },
      ...{ editable: false, timezone: 'browser', refresh: '1m', time: { from: 'now-24h', to: 'now' } },
      panels: placed(panels).map(({ panel, gridPos }, index) => panelOf(panel, index + 1, gridPos)),
    }
    const queries = panels.flatMap((panel) => panel.queries.map(({ expr }) => expr))
    return { path: folder(file), text: `${JSON.stringify(dashboard, null, 2)}\n`, queries }
  })
