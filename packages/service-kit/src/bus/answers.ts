import { Ctx, MessagePattern, Payload } from '@nestjs/microservices'
import { type InputOf, type Operation, type OutputOf, type Principal, refuse } from '@pf/contracts'
import { Compile } from 'typebox/compile'
import type { Load } from './admission.ts'
import { patternOf } from './subjects.ts'
import type { Headers } from './wire.ts'

/** What a method may want to know of the request beside input and principal. */
export type RequestContext = {
  requestId: string
  traceparent: string | undefined
  /** When the caller stops waiting. */
  deadline: Date
  /** Aborted when the deadline passes, the caller goes away or the service stops. */
  signal: AbortSignal
  /** Tags of the answers that the caller has: if one still holds, `Unchanged` says so and nothing is sent. */
  knownTags: readonly string[]
}

/** A request as the bus server hands it to Nest. */
export type BusRequest = { body: Uint8Array; principal: Principal | undefined }

/** An answer that is JSON already (built by SQL, say): passed through byte for byte. `tag` names its content. */
export class RawJson<T> {
  readonly bytes: Uint8Array
  readonly tag: string | undefined
  /** Phantom: what the JSON holds. */
  declare readonly holds: T
  constructor(json: string | Uint8Array, { tag }: { tag?: string } = {}) {
    this.bytes = typeof json === 'string' ? Buffer.from(json) : json
    this.tag = tag
  }
}

/** What the caller has under this tag is the answer. */
export class Unchanged {
  readonly tag: string
  constructor(tag: string) {
    this.tag = tag
  }
}

/** As it goes over the bus. */
export type Answered = { body: Uint8Array; headers: Headers }

/** Of a request: the tags that its caller has, parted by commas. */
export const knownTagsHeader = 'pf-known-tags'
export const tagHeader = 'pf-tag'
export const unchangedHeader = 'pf-unchanged'

/** Open operations have no principal; all others always have one. */
type PrincipalOf<Op extends Operation> = Op extends { readonly open: true } ? undefined : Principal

export type Answerer<Op extends Operation> = (
  input: InputOf<Op>,
  principal: PrincipalOf<Op>,
  context: RequestContext,
) => Promise<OutputOf<Op> | RawJson<OutputOf<Op>> | Unchanged>

/**
 * `@Answers(requests.connection.list)` on a Nest controller's method `(input, principal, context) => Promise<output>`.
 * The input is checked against the operation's schema first (`invalid_input` names each pointer, never a value); a
 * DomainError travels to the caller with its code. `load`: `heavy` where it parses files or computes for seconds.
 */
export function Answers<const Op extends Operation>(operation: Op, { load = 'ordinary' }: { load?: Load } = {}) {
  const input = Compile(operation.input)
  return <Method extends Answerer<Op>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const method = descriptor.value
    if (method === undefined) throw new TypeError(`@Answers stands on ${key}, which is no method.`)
    async function answer(this: unknown, request: BusRequest, context: RequestContext): Promise<Answered> {
      if (operation.open !== true && request.principal === undefined) {
        throw refuse('unauthenticated', 'This needs a principal, and the request carried none.')
      }
      const said = parse(request.body)
      if (!input.Check(said)) throw refuse('invalid_input', faultsOf(input.Errors(said)))
      // The check above is what makes these the operation's types.
      const principal = request.principal as PrincipalOf<Op>
      const output = await (method as Answerer<Op>).call(this, said as InputOf<Op>, principal, context)
      return answered(output)
    }
    Object.defineProperty(answer, 'name', { value: key })
    // Nest calls what stands in the descriptor and reads its metadata from there.
    descriptor.value = answer as unknown as Method
    MessagePattern(patternOf(operation), { load })(target, key, descriptor)
    Payload()(target, key, 0)
    Ctx()(target, key, 1)
  }
}

function answered(output: unknown): Answered {
  if (output instanceof Unchanged) {
    return { body: new Uint8Array(0), headers: { [tagHeader]: output.tag, [unchangedHeader]: '1' } }
  }
  if (!(output instanceof RawJson)) return { body: Buffer.from(JSON.stringify(output ?? null)), headers: {} }
  return { body: output.bytes, headers: output.tag === undefined ? {} : { [tagHeader]: output.tag } }
}

/** Of a handler's extras, as `Answers` leaves them there. */
export const loadOf = (extras: Record<string, unknown> | undefined): Load =>
  extras?.['load'] === 'heavy' ? 'heavy' : 'ordinary'

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw refuse('invalid_input', 'Expected a JSON document.')
  }
}

function faultsOf(errors: readonly { instancePath: string; message: string }[]): string {
  return errors
    .slice(0, 8)
    .map(({ instancePath, message }) => `${instancePath === '' ? 'the document' : instancePath} ${message}`)
    .join('; ')
}
