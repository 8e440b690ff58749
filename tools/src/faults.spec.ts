import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.ts'

type Fault = { fault: number; name: string; spec: string }
const faults = JSON.parse(readFileSync(join(root, 'e2e', 'faults', 'faults.json'), 'utf8')) as Fault[]

describe('the seventeen faults', () => {
  it('have one spec each', () => {
    expect(faults.map(({ fault }) => fault)).toEqual(Array.from({ length: 17 }, (_, n) => n + 1))
    expect(new Set(faults.map(({ spec }) => spec)).size).toBe(17)
  })

  it('are told in the README', () => {
    const readme = readFileSync(join(root, 'e2e', 'README.md'), 'utf8')
    for (const { fault, spec } of faults) expect(readme).toContain(`| ${fault} | \`${spec}\``)
  })
})
