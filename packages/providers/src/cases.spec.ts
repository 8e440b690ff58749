import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, runCase } from './testing/acceptance-cases.ts'

const casesOf = (file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../cases', file), 'utf8')) as Case[]
/** As they were given to us. */
const given = casesOf('gocardless-cases.json')
/** Written by hand from gocardless.md §5, §7, §8 and §11: other banks, zones and currencies, rules in combination. */
const ours = casesOf('our-cases.json')

describe.each([
  ['the acceptance cases', given, 75],
  ['our own cases', ours, 112],
] as const)('%s', (_, cases, count) => {
  it.each(cases.map((kase) => [kase.id, kase.title, kase] as const))('%s: %s', (_id, _title, kase) => {
    const { got, expected } = runCase(kase)
    expect(got).toEqual(expected)
  })

  it('are all there', () => {
    expect(cases).toHaveLength(count)
  })
})

describe('a bank that nobody knows', () => {
  const others = [...given, ...ours].filter(
    ({ evidence, context }) => evidence.basis !== 'adapter' && context.institution_id,
  )

  it('is read right by the rules alone in every case that does not come from a bank’s own adapter', () => {
    const failing = others.filter((kase) => {
      const unknown = { ...kase, context: { ...kase.context, institution_id: 'UNKNOWN_BANK' } }
      const { got, expected } = runCase(unknown)
      return JSON.stringify(got) !== JSON.stringify({ ...got, ...expected })
    })
    expect(failing.map(({ id, evidence }) => `${id}: ${evidence.ref}`)).toEqual([])
    expect(others.length).toBeGreaterThan(80)
  })
})
