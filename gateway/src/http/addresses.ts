import { DomainError, Rest, refuse } from '@pf/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'

const known = (Object.values(Rest.routes) as Rest.Route[]).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}))

/** Methods of the contract's routes at a path, HEAD wherever GET. */
export function methodsAt(path: string): string[] {
  const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** Why no route took the request: nothing is at its address, or something that takes other methods (it is told which). */
export function nothingTook(request: FastifyRequest, reply: FastifyReply): DomainError {
  const methods = methodsAt(request.url.split('?')[0] ?? '')
  if (methods.length === 0) return refuse('not_found', 'There is nothing at this address. /docs lists what there is.')
  reply.header('Allow', methods.join(', '))
  return refuse(
    'method_not_allowed',
    `${request.method} means nothing at this address. It takes ${methods.join(', ')}.`,
  )
}
