import { readFileSync } from 'node:fs'
import { aggregates } from '@pf/contracts'
import { asyncapiDocument, asyncapiPath, asyncapiText, eventVersions } from './asyncapi/document.ts'

const document = asyncapiDocument() as {
  channels: Record<string, { address: string | null; messages: object }>
  operations: Record<string, { action: string; channel: { $ref: string } }>
  components: { schemas: Record<string, { description?: string }> }
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) =>
    key === '$ref' && typeof child === 'string' ? [child] : refsIn(child),
  )
}

const resolve = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => new Map(Object.entries(at ?? {})).get(part.replaceAll('~1', '/')), document)

describe('docs/asyncapi.json', () => {
  it('is what the contracts say now', () => {
    // Told in words, not by a difference of ten thousand lines.
    const same = readFileSync(asyncapiPath, 'utf8') === asyncapiText()
    expect(same ? 'up to date' : 'docs/asyncapi.json is older than contracts/: run `npm run asyncapi`, commit it').toBe(
      'up to date',
    )
  })

  it('has a schema for every version of every event', () => {
    const names = aggregates.flatMap(({ context, events }) =>
      events.map(({ type, version }) => `${context}.${type}.v${version}`),
    )
    const kept = eventVersions().map(({ context, type, version }) => `${context}.${type}.v${version}`)
    expect(names.filter((name) => !kept.includes(name))).toEqual([])
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(kept))
  })

  it('has a channel for every aggregate, which one service sends to and somebody receives from', () => {
    for (const { context, aggregate } of aggregates) {
      const id = `${context}.${aggregate}`
      expect(document.channels[id]?.address).toBe(`evt.${id}.{spaceId}.{aggregateId}`)
      const uses = Object.entries(document.operations).filter(([, use]) => use.channel.$ref === `#/channels/${id}`)
      expect(uses.filter(([, { action }]) => action === 'send').map(([name]) => name)).toEqual([
        `${context}.appends.${id}`,
      ])
      expect(uses.some(([, { action }]) => action === 'receive')).toBe(true)
    }
  })

  it('refers to nothing that is not there', () => {
    const references = refsIn(document)
    expect(references.length).toBeGreaterThan(500)
    expect([...new Set(references)].filter((reference) => resolve(reference) === undefined)).toEqual([])
  })

  it('says of an event what the contracts say of it', () => {
    const { description } = document.components.schemas['connection.ConnectionRequested.v1'] ?? {}
    expect(description).toBe('Somebody asked for a bank.')
  })
})
