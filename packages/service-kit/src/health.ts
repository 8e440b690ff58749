/** Each dependency's truth: `ok`, or what is wrong in a few words. */
export type Health = Record<string, string>

/**
 * Parts that are told beside the dependencies: what a bank's provider, or the identity provider, said last. Every page, list
 * and figure is served without it to whoever is signed in, a restart would not bring it back, and taking this process out of service would take the rest along: so it makes
 * nothing unready. Each begins with its instant: of two processes' words the later is the greater.
 */
const beside = 'provider '

/** Of the last calls that were made anyway: asking for this alone would cost a bank's daily calls. */
export function toldOfProviders(calls: Readonly<Record<string, { at: string; answered: boolean }>>): Health {
  const parts = Object.entries(calls).map(([id, { at, answered }]) => [
    `${beside}${id}`,
    `${at} ${answered ? 'answered' : 'did not answer'}`,
  ])
  return Object.fromEntries(parts)
}

/** The dependencies, and beside them the providers by id: `ok`, or since when the last call went unanswered. */
export function besideOf(health: Health): { dependencies: Health; providers: Health } {
  const [dependencies, providers]: [Health, Health] = [{}, {}]
  for (const [part, state] of Object.entries(health)) {
    if (!isBeside(part)) dependencies[part] = state
    else if (state.endsWith(' answered')) providers[part.slice(beside.length)] = 'ok'
    else providers[part.slice(beside.length)] = `did not answer at ${state.split(' ')[0]}`
  }
  return { dependencies, providers }
}

export const isBeside = (part: string): boolean => part.startsWith(beside)

export const isWell = (health: Health): boolean =>
  Object.entries(health).every(([part, state]) => isBeside(part) || state === 'ok')

/** Asks all at once; one that does not answer within 2 s is not well. */
export async function healthOf(checks: Record<string, () => Promise<unknown>>): Promise<Health> {
  const answers = Object.entries(checks).map(async ([name, check]): Promise<[string, string]> => {
    try {
      await within(2_000, check())
      return [name, 'ok']
    } catch (error) {
      return [name, wordsOf(error)]
    }
  })
  return Object.fromEntries(await Promise.all(answers))
}

/** What is not well, in words that anybody may read. */
export class Unwell extends Error {
  override name = 'Unwell'
}

/** By shape: errors of other realms (workers, test runners) are errors too. */
function wordsOf(error: unknown): string {
  if (error instanceof Unwell) return error.message
  if (typeof error !== 'object' || error === null) return 'does not answer'
  // Of the system: ENOENT, EACCES, EROFS say more than `Error`, and nothing of where.
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return error.code
  return 'name' in error && typeof error.name === 'string' ? error.name : 'does not answer'
}

class NoAnswer extends Error {
  override name = 'NoAnswer'
}

/** Throws NoAnswer where it takes longer. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new NoAnswer(`No answer within ${timeoutMs} ms.`)), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
