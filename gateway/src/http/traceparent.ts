import { randomBytes } from 'node:crypto'

/** W3C Trace Context, section 3.2.2: version, trace id, parent id, flags; neither id is all zeros. */
const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

export const isTraceparent = (said: unknown): said is string => typeof said === 'string' && wellFormed.test(said)

/** The caller's, where it sent one as it ought to be; else the request begins a trace of its own. */
export function traceparentOf(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const { traceparent } = headers
  if (isTraceparent(traceparent)) return traceparent
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
}
