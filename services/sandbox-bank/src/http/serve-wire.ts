import type { FastifyInstance } from 'fastify'
import { pathOf } from './server.ts'
import { checkBearer, type WireParts, wireRoutes } from './wire-routes.ts'

/** GoCardless' wire on the server. */
export function serveWire(app: FastifyInstance, parts: WireParts): void {
  // Before the limits, which stand in a later hook: who is nobody is told so.
  app.addHook('preValidation', async (request) => {
    if (!request.is404) checkBearer(pathOf(request), request.headers.authorization, parts.tokens)
  })
  for (const { method, path, answer } of wireRoutes(parts)) {
    app.route<{ Params: { id: string }; Querystring: Record<string, string> }>({
      method,
      url: path,
      handler: async (request, reply) => {
        const { params, query, body } = request
        const answered = answer({ path: pathOf(request), params, query, body })
        if (Buffer.isBuffer(answered.body)) reply.type('application/json')
        return reply.code(answered.status).headers(answered.headers).send(answered.body)
      },
    })
  }
}
