import { refuse } from '@pf/contracts'
import type { FastifyRequest } from 'fastify'

/** An entity tag (RFC 9110, 8.8.3); a proxy that compresses may have marked it weak. */
const entityTag = /^(?:W\/)?"([\x21\x23-\x7e]*)"$/

/**
 * Over which revisions a change may go: those of If-Match (`*`: whichever is there), none where `If-None-Match: *` says that
 * nothing may be there; undefined where the caller does not mind. Throws `invalid_input`.
 */
export function revisionsOf({ headers }: Pick<FastifyRequest, 'headers'>): string[] | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  if (match === undefined) return noneMatch?.trim() === '*' ? [] : undefined
  if (match.trim() === '*') return ['*']
  return match.split(',').map((tag) => {
    const revision = entityTag.exec(tag.trim())?.[1]
    if (revision === undefined) throw refuse('invalid_input', 'If-Match has to be an ETag as it was answered, or *.')
    return revision
  })
}
