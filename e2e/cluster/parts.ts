/**
 * The parts of `npm run e2e:cluster` in their order, as projects and paths of Jest, and what it is told besides. Each takes the system as the one before left
 * it and can be run alone; only `first-run` asks for one that nobody has registered at, and
 * `upgrade` for one of another version.
 */
export const parts = {
  // How pages look is no matter of where they come from.
  'first-run': ['e2e', 'e2e/journeys/first-run', '--testNamePattern=^(?!.*is whole for every eye)'],
  policies: ['cluster', 'e2e/cluster/policies'],
  rolling: ['cluster', 'e2e/cluster/rolling'],
  killed: ['cluster', 'e2e/cluster/killed'],
  settings: ['cluster', 'e2e/cluster/settings'],
  backup: ['cluster', 'e2e/cluster/backup'],
  upgrade: ['cluster', 'e2e/cluster/upgrade'],
  many: ['cluster', 'e2e/cluster/many'],
} as const satisfies Record<string, readonly [project: string, path: string, ...args: string[]]>

export type Part = keyof typeof parts

/** All but `upgrade`, that alone where another version is told (`--from`), or `--only rolling,killed`. Throws with the names that there are. */
export function chosen(only: string | undefined, from: string | undefined): Part[] {
  const all = Object.keys(parts) as Part[]
  const names = only?.split(',') ?? all.filter((part) => (part === 'upgrade') === (from !== undefined))
  const unknown = names.filter((name) => !all.some((part) => part === name))
  if (unknown.length > 0) throw new Error(`--only: found ${unknown.join(', ')}, expected some of ${all.join(', ')}`)
  return all.filter((part) => names.includes(part))
}
