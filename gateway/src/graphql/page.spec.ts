import { readFileSync } from 'node:fs'
import { OperationTypeNode } from 'graphql'
import { Engine } from './engine.ts'
import { limits } from './limits.ts'

const page = readFileSync(new URL('../../../docs/api/graphql.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```graphql\n(\w+) (\w+)(.*?)```/gs)].map(([, kind = '', name = '', rest = '']) => ({
  kind: kind as OperationTypeNode,
  name,
  query: `${kind} ${name}${rest}`,
}))
const engine = new Engine((error) => {
  throw error
})

describe('docs/api/graphql.md', () => {
  it('has examples of queries and of every subscription', () => {
    expect(examples.filter(({ kind }) => kind === OperationTypeNode.QUERY).length).toBeGreaterThan(2)
    const told = examples.filter(({ kind }) => kind === OperationTypeNode.SUBSCRIPTION).map(({ query }) => query)
    for (const name of ['transactionsChanged', 'syncProgress', 'connectionChanged']) {
      expect(told.filter((query) => query.includes(name))).toHaveLength(1)
    }
  })

  it.each(examples)('shows $kind $name as it may be sent', ({ query, kind }) => {
    expect(engine.prepare({ query }, kind).cost).toBeLessThan(limits.cost)
  })

  it('tells the limits that there are', () => {
    const row = (name: string) => new RegExp(`^\\| ${name}[^|]*\\| ([\\d,]+)`, 'm').exec(page)?.[1]?.replace(',', '')
    expect(Number(row('Cost'))).toBe(limits.cost)
    expect(Number(row('Depth'))).toBe(limits.depth)
    expect(Number(row('Aliases'))).toBe(limits.aliases)
    expect([limits.repeats, limits.fragments]).toEqual([limits.aliases, limits.aliases])
    expect(Number(row('Words'))).toBe(limits.tokens)
    expect(Number(row('Operations'))).toBe(limits.operations)
  })
})
