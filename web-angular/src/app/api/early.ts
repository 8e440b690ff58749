/** Later than this an answer is of another moment than the question. */
const freshForMs = 10_000

const page = globalThis as { pfEarly?: Map<string, Promise<Response>> }

/**
 * What `public/first.js` asked before the app was there: the answer to a GET of this path, or to the first refresh. Each is
 * handed over once, and only while the page has just been opened; undefined where nothing was asked or nobody answered.
 */
export async function takeEarly(path: string): Promise<Response | undefined> {
  const answer = page.pfEarly?.get(path)
  if (answer === undefined) return undefined
  page.pfEarly?.delete(path)
  return performance.now() < freshForMs ? answer.catch(() => undefined) : undefined
}

/** Nobody is signed in any more: what was asked for them is nobody's. */
export function dropEarly(): void {
  page.pfEarly = undefined
}
