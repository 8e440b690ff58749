import { type Context, contexts } from '@pf/contracts'
import { UsageError } from './refusals.ts'

/** The one that is named, or all. Throws UsageError. */
export function contextsOf(word: string | undefined): readonly Context[] {
  if (word === undefined) return contexts
  const known = contexts.find((context) => context === word)
  if (known !== undefined) return [known]
  throw new UsageError(`There is no context ${word}; there are ${contexts.join(', ')}.`)
}
