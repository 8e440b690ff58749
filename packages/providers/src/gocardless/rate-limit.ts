/** One of the two limits that an answer may tell. */
export interface RateLimit {
  limit: number
  remaining: number
  resetSeconds: number
}

export interface RateLimits {
  /** All calls of the company, per minute. */
  general?: RateLimit
  /** Successful calls of one account and scope, per rolling day. */
  account?: RateLimit
}

/** Header names and values; names in any case. */
export type HeaderList = Iterable<readonly [string, string]>

const DAY_SECONDS = 86_400

/**
 * Reads the rate limits of an answer (§6). Names are compared in lower case, with `-` as `_` and without a leading `http_`:
 * documentation, wire and proxies spell them differently.
 */
export function rateLimitsOf(headers: HeaderList): RateLimits {
  const found = new Map<string, number>()
  for (const [name, value] of headers) {
    if (/^\s*\d{1,9}\s*$/.test(value))
      found.set(
        name
          .toLowerCase()
          .replaceAll('-', '_')
          .replace(/^http_/, ''),
        Number(value),
      )
  }
  const triple = (prefix: string): RateLimit | undefined => {
    const limit = found.get(`${prefix}_limit`)
    const remaining = found.get(`${prefix}_remaining`)
    const resetSeconds = found.get(`${prefix}_reset`)
    if (limit === undefined || remaining === undefined || resetSeconds === undefined) return undefined
    return { limit, remaining, resetSeconds }
  }
  const general = triple('x_ratelimit')
  const account = triple('x_ratelimit_account_success')
  return { ...(general === undefined ? {} : { general }), ...(account === undefined ? {} : { account }) }
}

/**
 * Seconds until a refused call may succeed: the account's limit decides where nothing of it remains, else the general one;
 * without headers (proxies drop names with underscores) the number in the text, else a day.
 */
export function retryAfterSeconds(limits: RateLimits, detail: string): number {
  if (limits.account?.remaining === 0) return limits.account.resetSeconds
  if (limits.general?.remaining === 0) return limits.general.resetSeconds
  const told = /in (\d{1,9}) seconds/i.exec(detail)?.[1]
  return told === undefined ? DAY_SECONDS : Number(told)
}
