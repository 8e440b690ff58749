import type { InputOf, Operation, OutputOf } from '@pf/contracts'
import type { Bus, CallOptions } from '@pf/service-kit'

/** One caller's requests on the bus: for whom, up to which position and until when stand in it already. */
export type Ask = <Op extends Operation>(
  operation: Op,
  input: InputOf<Op>,
  over?: Pick<CallOptions, 'deadlineMs'>,
) => Promise<OutputOf<Op>>

export const asking =
  (bus: Pick<Bus, 'call'>, options: CallOptions): Ask =>
  (operation, input, over) =>
    bus.call(operation, input, { ...options, ...over })

/** What is asked twice is asked once. For reads only, and for as long as one answer is being put together. */
export function onceEach(ask: Ask): Ask {
  const asked = new Map<string, Promise<unknown>>()
  return (operation, input, over) => {
    const key = JSON.stringify([operation.service, operation.operation, input])
    const before = asked.get(key)
    if (before !== undefined) return before as ReturnType<typeof ask<typeof operation>>
    const answer = ask(operation, input, over)
    asked.set(key, answer)
    return answer
  }
}
