import 'reflect-metadata'
import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  RequestMapping,
  RequestMethod,
  Res,
  SetMetadata,
} from '@nestjs/common'
import { type Principal, type Rest, refuse } from '@pf/contracts'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { type Authenticated, type Call, commandIdOf } from './call.ts'
import { traceparentOf } from './traceparent.ts'
import { validated } from './validate.ts'

export const routeMetadata = 'pf:route'
const nobody: Principal = { userId: '', spaceId: '', sessionId: '', roles: [] }

const noBody = Type.Object({}, { additionalProperties: false })

const CallOf = createParamDecorator((route: Rest.Route, context: ExecutionContext): Call => {
  const request = context.switchToHttp().getRequest<Authenticated>()
  const reply = context.switchToHttp().getResponse<FastifyReply>()
  const principal = request.pfPrincipal ?? nobody
  // Fastify offers HEAD wherever there is GET; where GET acts or streams there is nothing that HEAD could describe.
  if (request.method === 'HEAD' && Object.values(route.answers).every((answer) => answer === null)) {
    reply.header('Allow', 'GET')
    throw refuse('method_not_allowed', 'HEAD means nothing at this address. It takes GET.')
  }
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const position = request.headers['log-position']
  if (!route.upload && request.isMultipart()) {
    throw refuse('unsupported_media_type', 'Send the body as JSON (content-type: application/json).')
  }
  const body = route.method === 'GET' || route.upload ? {} : validated('body', route.body ?? noBody, request.body ?? {})
  const commandId = route.method === 'GET' ? '' : commandIdOf(request, route, principal.userId, body)
  return {
    params: (route.params ? validated('params', route.params, request.params) : {}) as never,
    query: (route.query ? validated('query', route.query, request.query) : {}) as never,
    body: body as never,
    principal,
    commandId,
    checkBody: (said) => {
      if (request.headers['idempotency-key'] !== undefined) request.pfKeys?.check(commandId, said)
    },
    options: {
      ...(route.open ? {} : { principal }),
      ...(typeof position === 'string' ? { logPosition: position } : {}),
      traceparent: traceparentOf(request.headers),
      signal: gone.signal,
    },
    request,
    reply,
  }
})

type Method = (call: Call, reply: FastifyReply) => Promise<unknown>

/**
 * Binds a controller's method `(call: Call<typeof route>) => answer` to a route of the contract. The answer is sent with
 * the route's first status unless the method chose another on `call.reply`, or answered there by itself.
 */
export function Serves(route: Rest.Route): MethodDecorator {
  const status = Number(Object.keys(route.answers)[0])
  return (target, key, descriptor) => {
    const serve = descriptor.value as Method
    const answering: Method = async function (this: unknown, call, reply) {
      reply.status(status)
      const answer = await serve.call(this, call, reply)
      if (!reply.sent) await reply.send(answer)
    }
    Object.assign(descriptor, { value: answering })
    CallOf(route)(target, key, 0)
    Res()(target, key, 1)
    applyDecorators(
      RequestMapping({ path: route.path.replaceAll(/\{(\w+)\}/g, ':$1'), method: RequestMethod[route.method] }),
      SetMetadata(routeMetadata, route),
    )(target, key, descriptor)
  }
}
