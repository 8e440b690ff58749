/** Each dependency's truth: `ok`, or what is wrong in a few words. */
export type Health = Record<string, string>

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
