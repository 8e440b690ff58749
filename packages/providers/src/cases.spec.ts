import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, runCase } from './testing/acceptance-cases.ts'

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../cases/gocardless-cases.json'), 'utf8')) as Case[]

describe('the acceptance cases', () => {
  it.each(cases.map((kase) => [kase.id, kase.title, kase] as const))('%s: %s', (_id, _title, kase) => {
    const { got, expected } = runCase(kase)
    expect(got).toEqual(expected)
  })

  it('are all there', () => {
    expect(cases).toHaveLength(75)
  })
})

describe('a bank that nobody knows', () => {
  const others = cases.filter(({ evidence, context }) => evidence.basis !== 'adapter' && context.institution_id)

  it('is read right by the rules alone in every case that does not come from a bank’s own adapter', () => {
    const failing = others.filter((kase) => {
      const unknown = { ...kase, context: { ...kase.context, institution_id: 'UNKNOWN_BANK' } }
      const { got, expected } = runCase(unknown)
      return JSON.stringify(got) !== JSON.stringify({ ...got, ...expected })
    })
    expect(failing.map(({ id, evidence }) => `${id}: ${evidence.ref}`)).toEqual([])
    expect(others.length).toBeGreaterThan(35)
  })
})
