import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Entity tags of an If-None-Match, compared weakly (RFC 9110, 13.1.2): a compressed answer is the same one. */
export function tagsOf(header: string | undefined): string[] {
  return [...(header ?? '').matchAll(/(?:W\/)?"([\x21\x23-\x7e]*)"/g)].map(([, tag = '']) => tag)
}

/**
 * Every GET has an ETag: the one its route gave it, or else a hash of the answer; and who has that answer is told so (304).
 * It is weak, since the same answer leaves compressed by one method or another.
 */
export function tagAnswers(api: FastifyInstance): void {
  api.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode !== 200 || (request.method !== 'GET' && request.method !== 'HEAD')) return payload
    if (!reply.hasHeader('etag')) {
      if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload
      tagged(reply, createHash('sha1').update(payload).digest('base64url'))
    }
    if (!isKnown(request, String(reply.getHeader('etag')))) return payload
    reply.status(304).removeHeader('content-type').removeHeader('content-length')
    return ''
  })
}

export function tagged(reply: FastifyReply, tag: string): FastifyReply {
  return reply.header('etag', `W/"${tag}"`)
}

function isKnown({ headers }: FastifyRequest, etag: string): boolean {
  const said = headers['if-none-match']
  if (said === undefined) return false
  return said.trim() === '*' || tagsOf(said).some((tag) => tagsOf(etag).includes(tag))
}
