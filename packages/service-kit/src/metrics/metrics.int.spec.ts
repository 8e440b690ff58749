import { readFile } from 'node:fs/promises'
import { createMetrics } from './metrics.ts'

describe('the figures of a service', () => {
  it('bears the names that docs/metrics.md promises, and no others', async () => {
    const page = await readFile(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8')
    const names = page.split('\n').flatMap((line) => line.match(/^\| (`pf_[^|]*)\|/)?.[1] ?? [])
    const promised = names.flatMap((cell) => [...cell.matchAll(/pf_[a-z_]+/g)].map(([name]) => name))
    const metrics = createMetrics('one')
    const counted = metrics.registry.getMetricsAsArray().map(({ name }) => name)
    expect(promised.sort()).toEqual(counted.sort())
  })
})
