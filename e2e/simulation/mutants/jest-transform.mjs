/** What Jest reads files through while PF_MUTANT=<name> is set: the ordinary transform, and the defect's text in its files. */
import swc from '@swc/jest'
import { wanted } from './planted.ts'

const sources = wanted()

export default {
  createTransformer(options) {
    const inner = swc.createTransformer(options)
    const through =
      (way) =>
      (source, path, ...rest) =>
        way(sources.get(path) ?? source, path, ...rest)
    return {
      canInstrument: inner.canInstrument,
      process: through(inner.process),
      processAsync: through(inner.processAsync),
      // Of the text with the defect: what Jest keeps of it is never taken for the honest file.
      getCacheKey: through(inner.getCacheKey),
    }
  },
}
