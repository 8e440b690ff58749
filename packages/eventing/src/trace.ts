import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What the work underway belongs to. It travels by itself, from a request to the appends it leads to, from a message to the
 * commands of the reactions to it: nobody has to hand it on, so nobody can forget to.
 */
export type Trace = {
  /** The same from the first request or schedule to the last append that it led to. */
  correlationId?: string
  /** Command id of the message that is reacted to. */
  causationId?: string
  /** W3C Trace Context, as it came. */
  traceparent?: string
}

const storage = new AsyncLocalStorage<Trace>()

/** `work`, and all that it waits for, belongs to `trace` alone. */
export const inTrace = <T>(trace: Trace, work: () => T): T => storage.run(trace, work)

export const currentTrace = (): Trace => storage.getStore() ?? {}
