import { DomainError, type RefusalCode, refusals } from '@pf/contracts'

/** A refusal on the wire: header `pf-problem: <code>` and this as the body. */
export type Problem = {
  code: RefusalCode
  detail: string
  retryAfterSeconds?: number
  members?: Readonly<Record<string, string>>
}

/** What the caller may know of an error. Anything unforeseen is `internal`, without a word of what it was. */
export function problemOf(error: unknown): Problem {
  if (error instanceof DomainError) {
    const { code, detail, retryAfterSeconds, members } = error
    return { code, detail, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }), ...(members && { members }) }
  }
  const name = error instanceof Error ? error.name : ''
  if (name === 'ConcurrencyConflict') {
    return {
      code: 'conflict',
      detail: 'Others changed the same thing at the same time, again and again. Send it again.',
    }
  }
  if (name === 'UnknownOutcome') {
    const detail = 'Whether this was done could not be told. Send it again with the same Idempotency-Key.'
    return { code: 'unavailable', detail, retryAfterSeconds: 2 }
  }
  if (name === 'KeyMissing') return { code: 'not_found', detail: 'It was erased, or it never was.' }
  return { code: 'internal', detail: 'Something went wrong here. It is in the log under the request id.' }
}

/** The same refusal at the caller. Throws nothing: an answer that is no problem document becomes `internal`. */
export function refusalOf(code: string, body: Uint8Array): DomainError {
  const known = refusals.find((refusal) => refusal === code) ?? 'internal'
  const { detail, retryAfterSeconds, members } = parse(body)
  return new DomainError(known, detail, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(members && { members }),
  })
}

function parse(body: Uint8Array) {
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder().decode(body))
  } catch {
    said = undefined
  }
  const document = typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {}
  const { detail, retryAfterSeconds, members } = document
  return {
    detail: typeof detail === 'string' ? detail : 'The answer was no problem document.',
    retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
    members: typeof members === 'object' && members !== null ? textsOf(members) : undefined,
  }
}

const textsOf = (members: object): Record<string, string> =>
  Object.fromEntries(Object.entries(members).filter(([, text]) => typeof text === 'string'))
