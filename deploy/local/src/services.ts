import { loadThread } from './threads.ts'

/**
 * The services' own process. Storage's thread comes before everything else: it takes as long to load as all the others
 * together, which load meanwhile, and then prepares the database. A bank's whole history is parsed there: with a young generation of 8 MB a third of the time
 * went into garbage.
 */
const storage = loadThread(new URL('./storage-thread.js', import.meta.url), { maxYoungGenerationSizeMb: 48 })
const { runServices } = await import('./services-together.ts')
await runServices(storage)
