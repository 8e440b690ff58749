import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@pf/eventing'
import { openObjectStore } from '@pf/object-store'
import { createMartBuilder } from '../adapters/mart-rebuilds.ts'
import { createMartRegistry } from '../adapters/mart-registry.ts'
import { loadModels } from '../adapters/models.ts'
import { defaultBounds } from '../bounds.ts'

/**
 * A process of its own, which may write no file past a limit that its shell has set (Node ignores SIGXFSZ, so that writing
 * fails as on a full disk): builds marts anew, says what came of it, and what the marts answer afterwards.
 */
const [, , folder, objects, manifest] = process.argv
const parts = {
  folder: String(folder),
  models: loadModels(),
  bounds: defaultBounds,
  objects: openObjectStore(pathToFileURL(String(objects)).href),
  manifest: async () => JSON.parse(readFileSync(String(manifest), 'utf8')),
  clock: systemClock,
}
const registry = createMartRegistry(parts)
const count = () =>
  registry.read('s1', async (ask) =>
    Number((await ask('select count(*) as n from mart.main.fct_transactions'))[0]?.['n']),
  )
const before = await count()
const built = await createMartBuilder({ ...parts, registry })
  .build('s1', 'full', async () => undefined, new AbortController().signal)
  .then(
    () => 'built',
    (error: unknown) => String(error),
  )
const after = await count()
process.stdout.write(JSON.stringify({ before, built, after }), () => process.kill(process.pid, 'SIGKILL'))
