import { readFileSync } from 'node:fs'
import { schemaText } from '@pf/gateway/graphql'
import { schemaPath } from './graphql-schema.ts'

describe('docs/schema.graphql', () => {
  it('is what the contracts say now', () => {
    // Told in words, not by a difference of two thousand lines.
    const same = readFileSync(schemaPath, 'utf8') === schemaText()
    const stale = 'docs/schema.graphql is older than contracts/: run `npm run graphql:schema`, commit it'
    expect(same ? 'up to date' : stale).toBe('up to date')
  })
})
