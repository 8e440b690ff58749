import type { FastifyInstance } from 'fastify'

/**
 * Bodies are JSON and nothing else: a form that another site's page posts is never read as a command. A body that is
 * announced and then empty (clients that always send the header) is none.
 */
export function readJsonBodies(api: FastifyInstance): void {
  api.removeAllContentTypeParsers()
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body, done)
  })
}
