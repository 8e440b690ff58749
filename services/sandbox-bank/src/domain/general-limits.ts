/** A limit of all calls of our company to one kind of resource (gocardless.md §6). */
export type GeneralLimit = { name: string; most: number; seconds: number }

const MINUTE = 60
const HOUR = 3600

const limit = (name: string, most: number, seconds = MINUTE): GeneralLimit => ({ name, most, seconds })

const TOKEN_NEW = limit('token/new', 100, HOUR)
const TOKEN_REFRESH = limit('token/refresh', 100)
const ACCOUNTS = limit('accounts', 100)
const INSTITUTIONS = limit('institutions', 300)
const ACCEPT = limit('accept', 100)
const CONSENTS: Readonly<Record<string, GeneralLimit>> = {
  GET: limit('consents read', 300),
  POST: limit('consents made', 100),
  DELETE: limit('consents deleted', 100),
}
const REST = limit('rest', 300)

export function generalLimitOf(method: string, path: string): GeneralLimit {
  const [collection = '', second = '', , third = ''] = path.replace(/^\/api\/v2\//, '').split('/')
  switch (collection) {
    case 'token':
      return second === 'new' ? TOKEN_NEW : TOKEN_REFRESH
    case 'accounts':
      return ACCOUNTS
    case 'institutions':
      return INSTITUTIONS
    case 'agreements':
    case 'requisitions':
      return third === 'accept' ? ACCEPT : (CONSENTS[method] ?? REST)
    default:
      return REST
  }
}

/** As the text of a refusal names it: `100/minute`. */
export function rateOf({ most, seconds }: GeneralLimit): string {
  return `${most}/${seconds === HOUR ? 'hour' : 'minute'}`
}

/** Calls since the first one of the window that is running. */
export type Window = { sinceMs: number; calls: number }

/** The window with one more call in it; a new one where the last is over, or the clock was set back before it. */
export function countedIn({ seconds }: GeneralLimit, before: Window | undefined, nowMs: number): Window {
  const age = before === undefined ? Number.NaN : nowMs - before.sinceMs
  if (before === undefined || age < 0 || age >= seconds * 1000) return { sinceMs: nowMs, calls: 1 }
  return { ...before, calls: before.calls + 1 }
}

export function secondsLeft({ seconds }: GeneralLimit, { sinceMs }: Window, nowMs: number): number {
  return Math.max(1, Math.ceil((sinceMs + seconds * 1000 - nowMs) / 1000))
}
