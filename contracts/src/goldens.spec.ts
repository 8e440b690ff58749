import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aggregates } from './aggregates.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'goldens')
const declared = aggregates.flatMap(({ context, aggregate, events }) =>
  events.map((event) => ({
    name: `${context}.${aggregate}.${event.type}.v${event.version}.json`,
    schema: event.schema,
  })),
)
const text = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`

/**
 * A released event version is frozen: its JSON Schema stands in contracts/goldens. A new event or version writes its
 * golden by `PF_GOLDENS=write`, which never touches one that is there.
 */
describe('the JSON Schema of an event version', () => {
  const write = process.env['PF_GOLDENS'] === 'write'
  if (write) mkdirSync(folder, { recursive: true })

  for (const { name, schema } of declared) {
    it(`${name} stays as it was released`, () => {
      const path = join(folder, name)
      if (write && !existsSync(path)) writeFileSync(path, text(schema))
      expect(text(schema)).toBe(readFileSync(path, 'utf8'))
    })
  }

  it('is kept for every version that ever was, and an old one is read by upcasts', () => {
    const names = declared.map(({ name }) => name)
    const older = readdirSync(folder).filter((name) => !names.includes(name))
    const unread = older.filter((name) => {
      const [context, aggregate, type, version = ''] = name.split('.')
      const events = aggregates.find((one) => one.context === context && one.aggregate === aggregate)?.events ?? []
      const latest = events.find((event) => event.type === type)
      const steps = Object.keys(latest?.upcasts ?? {}).map(Number)
      for (let at = Number(version.slice(1)); at < (latest?.version ?? 0); at++) if (!steps.includes(at)) return true
      return latest === undefined || latest.version < Number(version.slice(1))
    })
    expect(unread).toEqual([])
  })

  it('is declared once per type', () => {
    const types = aggregates.flatMap(({ context, events }) =>
      events.map((event) => `${context}.${event.type}.${event.version}`),
    )
    expect(new Set(types).size).toBe(types.length)
  })
})
