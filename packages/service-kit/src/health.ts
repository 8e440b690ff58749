/** Each dependency's truth: `ok`, or what is wrong in a few words. */
export type Health = Record<string, string>

/** Asks all at once; one that does not answer within 2 s is not well. */
export async function healthOf(checks: Record<string, () => Promise<unknown>>): Promise<Health> {
  const answers = Object.entries(checks).map(async ([name, check]): Promise<[string, string]> => {
    try {
      await within(2_000, check())
      return [name, 'ok']
    } catch (error) {
      return [name, error instanceof Error ? error.name : 'does not answer']
    }
  })
  return Object.fromEntries(await Promise.all(answers))
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
