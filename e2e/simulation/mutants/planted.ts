/** Where a mutant's text goes: `plant.ts` puts it there for Node, `jest-transform.mjs` for Jest. Nothing is written anywhere. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Mutant, mutants } from './mutants.ts'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** By the path of each file that the defect stands in, its text. Throws where one does not hold what is looked for exactly once. */
export function planted({ name, file, find, replace, and = [] }: Mutant): Map<string, string> {
  const sources = new Map<string, string>()
  for (const plant of [{ file, find, replace }, ...and]) {
    const path = `${root}${plant.file}`
    const source = sources.get(path) ?? readFileSync(path, 'utf8')
    const times = source.split(plant.find).length - 1
    if (times !== 1) {
      throw new Error(
        `Mutant "${name}": its text stands ${times} times in ${plant.file}, expected once; bring mutants.ts up to date.`,
      )
    }
    sources.set(
      path,
      source.replace(plant.find, () => plant.replace),
    )
  }
  return sources
}

/** What PF_MUTANT=<name> asks for; nothing where it is not set. */
export function wanted(): Map<string, string> {
  const name = process.env['PF_MUTANT']
  if (name === undefined) return new Map()
  const mutant = mutants.find((one) => one.name === name)
  if (mutant === undefined) throw new Error(`There is no mutant "${name}".`)
  return planted(mutant)
}
