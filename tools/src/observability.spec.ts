import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exposition, scrape } from '@pf/service-kit'
import { parse } from 'yaml'
import { dashboards } from './dashboards.ts'
import { root } from './sources.ts'

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
type Rule = { alert: string; expr: string; labels: { severity: string }; annotations: { summary: string } }
const { groups } = parse(read('deploy', 'observability', 'alerts.yml')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)

/** Of docs/metrics.md: each name with the labels that it has. */
const documented = new Map(
  read('docs', 'metrics.md')
    .split('\n')
    .flatMap((line) => {
      const [, names, labels] = line.match(/^\| (`pf_[^|]*)\| ([^|]*)\|/) ?? []
      const of = [...(labels ?? '').matchAll(/`([a-z_]+)`/g)].map(([, label]) => label ?? '')
      return [...(names ?? '').matchAll(/pf_[a-z_]+/g)].map(([name]): [string, string[]] => [name, of])
    }),
)
/** What Prometheus puts to whatever it asks, and what every one of ours has. */
const always = ['job', 'instance', 'service', 'le']
const family = (name: string) => (documented.has(name) ? name : name.replace(/_(bucket|count|sum)$/, ''))

/** Labels that a query asks of `name` itself, in its braces. */
const selected = (expr: string) =>
  [...expr.matchAll(/\b(pf_[a-z_]+)\{([^}]*)\}/g)].flatMap(([, name = '', inner = '']) =>
    [...inner.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => ({ name, label })),
  )

describe('the queries of dashboards and alarms', () => {
  const queries = [...dashboards().flatMap((one) => one.queries), ...rules.map(({ expr }) => expr)]
  let ofProcess: string
  beforeAll(async () => {
    ofProcess = await exposition(await scrape([]))
  })

  it('are of figures that docs/metrics.md names, or Node tells', () => {
    const named = queries.flatMap((expr) => expr.match(/\b(?:pf|process|nodejs)_[a-z0-9_]+/g) ?? [])
    expect(named.length).toBeGreaterThan(queries.length / 2)
    const unknown = named.filter((name) =>
      name.startsWith('pf_') ? !documented.has(family(name)) : !ofProcess.includes(`# TYPE ${name} `),
    )
    expect(unknown).toEqual([])
  })

  it('are by labels that those figures have', () => {
    const wrong = queries
      .flatMap(selected)
      .filter(({ name, label }) => ![...always, ...(documented.get(family(name)) ?? [])].includes(label))
    expect(wrong).toEqual([])
  })
})

describe('the dashboards', () => {
  it.each(dashboards())('$path is as it is written in tools/src/dashboards.ts', ({ path, text }) => {
    if (readFileSync(path, 'utf8') !== text) throw new Error(`${path} is another one. Run \`npm run dashboards\`.`)
  })
})

describe('the alarms', () => {
  it('each stand in docs/operations.md with what to do, and are tried by promtool', () => {
    const page = read('docs', 'operations.md')
    const told = [...page.matchAll(/^\| `([A-Z][A-Za-z]+)` \|/gm)].map(([, name]) => name)
    expect(told.sort()).toEqual(rules.map(({ alert }) => alert).sort())
    const tried = read('deploy', 'observability', 'alerts.test.yml')
    expect(rules.filter(({ alert }) => !tried.includes(`alertname: ${alert}\n`))).toEqual([])
  })

  it('say in words what is the matter, and how bad it is', () => {
    for (const { labels, annotations } of rules) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity)
      expect(annotations.summary).toMatch(/\S+ \S+ \S+/)
    }
  })
})
