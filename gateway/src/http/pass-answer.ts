import type { Operation } from '@pf/contracts'
import type { Bus } from '@pf/service-kit'
import type { Call } from './call.ts'
import { tagged, tagsOf } from './etags.ts'

/**
 * The marts' answer is the client's: its bytes go through as they are, under the tag that analytics gave them. Who has that
 * answer already is told so by analytics, before anything is computed.
 */
export async function passAnswer<Op extends Operation>(bus: Bus, call: Call, operation: Op, input: object) {
  const knownTags = tagsOf(call.request.headers['if-none-match'])
  const { body, tag } = await bus.callTagged<Operation>(operation, input, { ...call.options, knownTags })
  if (tag !== undefined) tagged(call.reply, tag)
  if (body === undefined) {
    call.reply.status(304)
    return undefined
  }
  call.reply.type('application/json; charset=utf-8')
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
