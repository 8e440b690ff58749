import { readFile } from 'node:fs/promises'
import { createMetrics } from './metrics.ts'

describe('the figures of a service', () => {
  it('bears the names that the README promises, and no others', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const promised = [...readme.matchAll(/^\| `(pf_[a-z_]+)/gm)].map(([, name]) => name)
    const metrics = createMetrics('one')
    const counted = metrics.registry.getMetricsAsArray().map(({ name }) => name)
    expect(promised.sort()).toEqual(counted.sort())
  })
})
