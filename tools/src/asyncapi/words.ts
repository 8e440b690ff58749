import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../sources.ts'

const declared = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export const \w+ = event\('(\w+)'|(\w+): operation<)/g

/** What the comment above a declaration says, by event type and by operation; the comments stay the only place of the words. */
export function wordsIn(file: string): Map<string, string> {
  const text = readFileSync(join(root, 'contracts', 'src', file), 'utf8')
  return new Map(
    [...text.matchAll(declared)].map(([, comment = '', type, operation]) => [
      type ?? operation ?? '',
      comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim(),
    ]),
  )
}
