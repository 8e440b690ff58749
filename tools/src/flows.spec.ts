import * as contracts from '@pf/contracts'
import { contexts, readsOf } from '@pf/contracts'
import { sources } from './sources.ts'

/** `connection`, or `connectionEvents.context` by what the contracts declare under that name. */
function contextOf(written: string): string {
  const [name = ''] = written.split('.')
  const declared = new Map<string, unknown>(Object.entries(contracts)).get(name)
  if (typeof declared === 'object' && declared !== null && 'context' in declared) return String(declared.context)
  return written.replaceAll("'", '')
}

/** What the reactions and projections of a service say that they read. */
function readBy(service: string): string[] {
  const readers = sources().filter(
    ({ path }) => new RegExp(`^services/${service}/src/(read|reactions)/`).test(path) && !/\.spec\.ts$/.test(path),
  )
  const found = readers.flatMap(({ text }) =>
    [...text.matchAll(/\bcontext: ('\w+'|\w+\.context),/g)].map(([, written = '']) => contextOf(written)),
  )
  return [...new Set(found)].filter((context) => context !== service).sort()
}

describe('who reads whose events', () => {
  for (const service of contexts) {
    it(`is declared for ${service} in contracts/src/flows.ts, and nothing else is`, () => {
      expect(readBy(service)).toEqual([...readsOf[service]].sort())
    })
  }

  it('is declared for the gateway, which tells open pages of them', () => {
    const [notices] = sources().filter(({ path }) => path === 'gateway/src/live/notices.ts')
    const [, topics = ''] = /const topics: [^=]*= \{([^}]*)\}/.exec(notices?.text ?? '') ?? []
    const told = [...topics.matchAll(/^\s*(\w+):/gm)].map(([, context]) => context)
    expect(told.sort()).toEqual([...readsOf.gateway].sort())
  })
})
