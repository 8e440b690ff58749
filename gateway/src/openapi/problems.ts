import { DomainError, type RefusalCode, Rest, refusals } from '@pf/contracts'
import { problemOf, statusOf } from '../http/problem.ts'
import { type EarlyRefusal, early } from '../http/refuse-early.ts'

const reference = (code: RefusalCode) => ({ $ref: `#/components/examples/${code}` })

/** What every route may answer, whoever asks for what. */
const always: readonly RefusalCode[] = ['too_many_requests', 'internal', 'overloaded', 'unavailable']

/** Every code that a route may answer: those it names, and those that its shape brings along. */
export function codesOf(route: Rest.Route): RefusalCode[] {
  const { method, path, body, query, params, open } = route
  // A position to wait for that nobody handed out, or a body, filters, an id or a key that is none.
  const isChecked = body || query || params || method === 'POST' || (method === 'GET' && !open)
  return [
    ...(route.problems ?? []),
    // `name_unusable`, `space_moved`: where somebody else signs people in, and has let in one who cannot be a user here, or is
    // one elsewhere by now.
    ...(route.open ? [] : (['unauthenticated', 'scope_missing', 'name_unusable', 'space_moved'] as const)),
    ...(params ? (['not_found'] as const) : []),
    ...(isChecked ? (['invalid_input'] as const) : []),
    ...(method === 'POST' && !path.startsWith('/auth/') ? (['idempotency_key_reused'] as const) : []),
    // `conflict`: many changed the same thing at once, or a command that was taken before has come to its end.
    ...(method === 'GET' ? [] : (['conflict', 'forbidden', 'payload_too_large', 'unsupported_media_type'] as const)),
    ...always,
  ].filter((code, index, all) => all.indexOf(code) === index)
}

/** `responses` of what goes wrong: by status, with its codes and an example of each. */
export function problemResponses(route: Rest.Route): Record<string, object> {
  const byStatus = new Map<number, RefusalCode[]>()
  for (const code of codesOf(route)) byStatus.set(statusOf[code], [...(byStatus.get(statusOf[code]) ?? []), code])
  const sorted = [...byStatus].sort(([a], [b]) => a - b)
  const ofRoute = sorted.map(([status, codes]) => [String(status), sharedOr(status, codes)] as const)
  return Object.fromEntries([...ofRoute, ...Object.entries(refusedEarly)])
}

/** What the doors refuse, whatever is asked for; the document's own words tell of it (components/responses). */
const earlyName = ({ title }: EarlyRefusal) => title.replaceAll(' ', '')
const refusedEarly: Readonly<Record<string, object>> = Object.fromEntries(
  Object.values(early).map((one) => [one.status, { $ref: `#/components/responses/${earlyName(one)}` }]),
)

function earlyResponse(refusal: EarlyRefusal): object {
  const { status, code, title, detail } = refusal
  const value = { type: `urn:personal-finances:problem:${code}`, title, status, detail, code }
  const schema = { $ref: '#/components/schemas/Problem', properties: { code: { enum: [code] } } }
  const content = { 'application/problem+json': { schema, examples: { [code]: { summary: title, value } } } }
  return { description: `\`${code}\``, content }
}

/** What most routes answer alike stands once, in `#/components/responses`. */
const shared: Readonly<Record<string, readonly RefusalCode[]>> = {
  Unauthenticated: ['unauthenticated'],
  AnotherSite: ['forbidden'],
  TooLarge: ['payload_too_large'],
  NotJson: ['unsupported_media_type'],
  TooMany: ['too_many_requests'],
  Internal: ['internal'],
  Busy: ['overloaded', 'unavailable'],
}
const statusOfAll = (codes: readonly RefusalCode[]) => statusOf[codes[0] ?? 'internal']

export const sharedResponses = (): Record<string, object> =>
  Object.fromEntries([
    ...Object.entries(shared).map(([name, codes]) => [name, problemResponse(statusOfAll(codes), codes)] as const),
    ...Object.values(early).map((one) => [earlyName(one), earlyResponse(one)] as const),
  ])

function sharedOr(status: number, codes: readonly RefusalCode[]): object {
  const same = Object.entries(shared).find(([, all]) => all.join() === codes.join())
  return same === undefined ? problemResponse(status, codes) : { $ref: `#/components/responses/${same[0]}` }
}

function problemResponse(status: number, codes: readonly RefusalCode[]): object {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...headersOf(status),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem', properties: { code: { enum: codes } } },
        examples: Object.fromEntries(codes.map((code) => [code, reference(code)])),
      },
    },
  }
}

function headersOf(status: number): object {
  if (status === 401) return { headers: { 'WWW-Authenticate': { $ref: '#/components/headers/WWW-Authenticate' } } }
  if (status === 429 || status === 503)
    return { headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } }
  return {}
}

/** `#/components/examples`: a problem document of each code. */
export function problemExamples(): Record<string, object> {
  return Object.fromEntries(
    refusals.map((code) => {
      const { retryAfterSeconds: _, ...value } = problemOf(new DomainError(code, Rest.problemExamples[code]))
      return [code, { summary: value.title, value }]
    }),
  )
}
