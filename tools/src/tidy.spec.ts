import { existsSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { root, rootManifest, type Source, sources, workspaces } from './sources.ts'

const all = sources()
const byPath = new Map(all.map((source) => [source.path, source]))
const isSpec = ({ path }: Source) => /\.spec\.ts$|\/builders\.ts$|\/testing\//.test(path)
const ours = all.filter((source) => !isSpec(source))
const builtins = new Set(builtinModules)
const isBuiltin = (name: string) => name.startsWith('node:') || builtins.has(name)
const isRelative = (name: string) => name.startsWith('.')
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
const layerOf = (path: string) =>
  /^services\/[^/]+\/src\/(domain|application|adapters|read|reactions)\//.exec(path)?.[1]
const target = (source: Source, name: string) => normalize(join(dirname(source.path), name))

/** `path imports what`, for every import that the rule forbids. */
function offences(files: readonly Source[], forbids: (source: Source, name: string) => boolean): string[] {
  return files.flatMap((source) =>
    source.imports.filter((name) => forbids(source, name)).map((name) => `${source.path} imports ${name}`),
  )
}

describe('the direction of imports', () => {
  it('leads from a domain to its own files, to the contracts and to pure rules only', () => {
    const domains = ours.filter((source) => layerOf(source.path) === 'domain')
    const allowed = ['@pf/contracts', '@pf/providers/rules']
    expect(
      offences(domains, (source, name) =>
        isRelative(name) ? layerOf(target(source, name)) !== 'domain' : !allowed.includes(name),
      ),
    ).toEqual([])
  })

  it('leads from an application to its domain and its own ports, never to an adapter', () => {
    const applications = ours.filter((source) => layerOf(source.path) === 'application')
    expect(
      offences(
        applications,
        (source, name) => isRelative(name) && ['adapters', 'reactions'].includes(layerOf(target(source, name)) ?? ''),
      ),
    ).toEqual([])
  })

  it('never leads from one service into another, nor from a package into a service', () => {
    const services = new Set(
      workspaces().flatMap(({ folder, manifest }) => (folder.startsWith('services/') ? [manifest.name] : [])),
    )
    const inside = ours.filter(({ path }) => /^(services|packages|gateway|contracts)\//.test(path))
    expect(
      offences(
        inside,
        ({ workspace }, name) => services.has(packageOf(name)) && packageOf(name) !== workspace.manifest.name,
      ),
    ).toEqual([])
  })

  it('leads from the contracts to nothing of ours, and from the web to the contracts alone', () => {
    const isOurs = (name: string) => name.startsWith('@pf/')
    const contracts = ours.filter(({ path }) => path.startsWith('contracts/'))
    const web = ours.filter(({ path }) => path.startsWith('web-angular/'))
    expect(offences(contracts, (_source, name) => isOurs(name) || isBuiltin(name))).toEqual([])
    expect(offences(web, (_source, name) => isOurs(name) && name !== '@pf/contracts')).toEqual([])
  })

  it('makes no cycle between files', () => {
    expect(cycles(ours)).toEqual([])
  })
})

describe('a package', () => {
  it('is entered through its exports map only', () => {
    const exportsOf = new Map(workspaces().map(({ manifest }) => [manifest.name, Object.keys(manifest.exports ?? {})]))
    expect(
      offences(all, (_source, name) => {
        const known = exportsOf.get(packageOf(name))
        return known !== undefined && !known.includes(`.${name.slice(packageOf(name).length)}`)
      }),
    ).toEqual([])
  })

  it('declares what it imports', () => {
    const toolchain = new Set(Object.keys((rootManifest as { devDependencies?: object }).devDependencies ?? {}))
    expect(
      offences(all, (source, name) => {
        if (isRelative(name) || isBuiltin(name)) return false
        const { manifest } = source.workspace
        const declared = { ...manifest.dependencies, ...manifest.devDependencies }
        return (
          !(packageOf(name) in declared) &&
          manifest.name !== packageOf(name) &&
          !(isSpec(source) && toolchain.has(packageOf(name)))
        )
      }),
    ).toEqual([])
  })

  it('says on one screen what it owns', () => {
    expect(workspaces().flatMap(({ folder }) => (existsSync(join(root, folder, 'README.md')) ? [] : [folder]))).toEqual(
      [],
    )
  })
})

describe('a source file', () => {
  it('leaves the environment to the configuration', () => {
    const mayRead =
      /^(packages\/service-kit\/|deploy\/(local|containers)\/|k8s\/|services\/sandbox-bank\/src\/main\.ts|tools\/|bench\/|e2e\/)/
    const readers = ours.filter(({ path, text }) => text.includes('process.env') && !mayRead.test(path))
    expect(readers.map(({ path }) => path)).toEqual([])
  })

  it('is named for the thing, not for its kind', () => {
    const vague = all.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path))
    expect(vague.map(({ path }) => path)).toEqual([])
  })

  it('leaves nothing for later and runs all of its specs', () => {
    const marks = new RegExp(
      ['FIX' + 'ME', String.raw`\b(it|describe|test)\.only\(`, String.raw`\bfdescribe\(`].join('|'),
    )
    expect(all.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([])
  })

  it('has a specification where it decides or projects', () => {
    const rules = ours.filter(
      ({ path, text }) =>
        (layerOf(path) === 'domain' && /export (function|const) (decide|evolve)\b/.test(text)) ||
        (layerOf(path) === 'read' && /\bprojection(<[^>]*>)?\(/.test(text)),
    )
    const missing = rules.filter(({ path }) => !byPath.has(path.replace(/\.ts$/, '.spec.ts')))
    expect(rules.length).toBeGreaterThan(5)
    expect(missing.map(({ path }) => path)).toEqual([])
  })
})

/** Files that import each other in a ring (type-only imports count: they tie the files together all the same). */
function cycles(files: readonly Source[]): string[] {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (source: Source, trail: string[]): void => {
    if (state.get(source.path) === 'done') return
    if (state.get(source.path) === 'open') {
      found.push([...trail.slice(trail.indexOf(source.path)), source.path].join(' → '))
      return
    }
    state.set(source.path, 'open')
    for (const name of source.imports.filter(isRelative)) {
      const next = byPath.get(target(source, name))
      if (next !== undefined) visit(next, [...trail, source.path])
    }
    state.set(source.path, 'done')
  }
  for (const source of files) visit(source, [])
  return found
}
