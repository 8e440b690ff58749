/**
 * What of a lock file some workspaces run with, and a bill of materials of it. npm's own answers to both are wrong here: it
 * installs what another workspace's tests bring as soon as somebody names it as an optional peer (gRPC and its parser of
 * command lines, by way of testcontainers), and `npm sbom --workspace` leaves out whatever a workspace's tests use, too.
 * Imports nothing of ours: the image's build runs it before anything is compiled.
 */
export type Locked = {
  name?: string
  version?: string
  resolved?: string
  integrity?: string
  license?: string
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}
/** By path below the root, as `packages` of a package-lock.json. */
export type Lock = Readonly<Record<string, Locked>>

/** `node_modules/a/node_modules/@b/c` → `@b/c`. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Where Node finds a package asked for from a folder: beside it, or in any folder above. */
function found(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (lock[path] !== undefined) return path
    if (folder === '') return undefined
  }
}

const wanted = ({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Locked): string[] => [
  ...Object.keys({ ...dependencies, ...optionalDependencies }),
  ...Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true),
]

/** Paths of the workspaces and of all that they run with, to which packages, except those named and what only they need. */
export function neededBy(lock: Lock, workspaces: readonly string[], except: readonly string[]): Map<string, string[]> {
  const needed = new Map<string, string[]>()
  const open = [...workspaces]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const one = lock[path]
    if (one === undefined)
      throw new Error(`production: found no ${path} in the lock file. Name a folder that it lists.`)
    if (needed.has(path)) continue
    const from = path
    const leadsTo = one.link
      ? [one.resolved ?? '']
      : wanted(one)
          .filter((name) => !except.includes(name))
          // What is not in the lock at all is optional, for another kind of machine.
          .flatMap((name) => found(lock, from, name) ?? [])
    needed.set(path, leadsTo)
    open.push(...leadsTo)
  }
  return needed
}

const purlOf = (name: string, version: string) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`

/** CycloneDX 1.6 of the paths that are there; the same for the same packages, so without a time or a number of its own. */
export function billOfMaterials(lock: Lock, needed: ReadonlyMap<string, readonly string[]>, version: string): object {
  const refOf = (path: string): string => {
    const one = lock[path] ?? {}
    return one.link ? refOf(one.resolved ?? '') : purlOf(one.name ?? nameOf(path), one.version ?? version)
  }
  const paths = [...needed.keys()].filter((path) => lock[path]?.link !== true)
  const byRef = new Map(paths.map((path) => [refOf(path), path]))
  const sorted = [...byRef].sort(([one], [other]) => (one < other ? -1 : 1))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'personal-finances', version } },
    components: sorted.map(([ref, path]) => {
      const { name = nameOf(path), version: of = version, license, integrity } = lock[path] ?? {}
      const [, digest] = /^sha512-([^ ]+)/.exec(integrity ?? '') ?? []
      const content = digest === undefined ? undefined : Buffer.from(digest, 'base64').toString('hex')
      return {
        ...{ type: 'library', 'bom-ref': ref, name, version: of, purl: ref },
        ...(license === undefined
          ? {}
          : { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { name: license } }] }),
        ...(content === undefined ? {} : { hashes: [{ alg: 'SHA-512', content }] }),
      }
    }),
    dependencies: sorted.map(([ref, path]) => ({
      ref,
      dependsOn: [...new Set((needed.get(path) ?? []).map(refOf))].filter((to) => byRef.has(to)).sort(),
    })),
  }
}
