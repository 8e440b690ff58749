/** `node --import` of this with PF_MUTANT=<name> plants one defect as its files are loaded. */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { wanted } from './planted.ts'

const sources = new Map([...wanted()].map(([path, source]) => [pathToFileURL(path).href, source]))
if (sources.size > 0) {
  registerHooks({
    load(asked, context, nextLoad) {
      const loaded = nextLoad(asked, context)
      const source = sources.get(asked)
      return source === undefined ? loaded : { ...loaded, source }
    },
  })
}
