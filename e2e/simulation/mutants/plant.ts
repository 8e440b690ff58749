/** `node --import` of this with PF_MUTANT=<name> plants one defect as its file is loaded; nothing is written anywhere. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Mutant, mutants } from './mutants.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Throws where the text does not stand in the file exactly once. */
export function planted({ name, file, find, replace }: Mutant): string {
  const source = readFileSync(`${root}${file}`, 'utf8')
  const times = source.split(find).length - 1
  if (times === 1) return source.replace(find, () => replace)
  throw new Error(
    `Mutant "${name}": its text stands ${times} times in ${file}, expected once; bring mutants.ts up to date.`,
  )
}

const wanted = process.env['PF_MUTANT']
if (wanted !== undefined) {
  const mutant = mutants.find(({ name }) => name === wanted)
  if (mutant === undefined) throw new Error(`There is no mutant "${wanted}".`)
  const url = pathToFileURL(`${root}${mutant.file}`).href
  const source = planted(mutant)
  registerHooks({
    load(asked, context, nextLoad) {
      const loaded = nextLoad(asked, context)
      return asked === url ? { ...loaded, source } : loaded
    },
  })
}
