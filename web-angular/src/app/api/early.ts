/** Later than this an answer is of another moment than the question. */
const freshForMs = 10_000

/** What of the first questions hangs on the day, and so is not written down in first.js: kept there until sign-out. */
const figuresKey = 'pf.page.figures'
const isFigure = (path: string): boolean =>
  path.startsWith('/analytics/') && location.pathname + location.search === '/'
const mostFigures = 6
const figures: string[] = []

const page = globalThis as { pfEarly?: Map<string, Promise<Response>> }

/**
 * What `public/first.js` asked before the app was there: the answer to a GET of this path, or to the first refresh. Each is
 * handed over once, and only while the page has just been opened; undefined where nothing was asked or nobody answered.
 */
export async function takeEarly(path: string): Promise<Response | undefined> {
  if (isFigure(path) && performance.now() < freshForMs) keepForNext(path)
  const answer = page.pfEarly?.get(path)
  if (answer === undefined) return undefined
  page.pfEarly?.delete(path)
  return performance.now() < freshForMs ? answer.catch(() => undefined) : undefined
}

/** The dashboard as it opens, without a choice of days: it will ask for the same the next time. */
function keepForNext(path: string): void {
  if (figures.includes(path) || figures.length === mostFigures) return
  figures.push(path)
  try {
    localStorage.setItem(figuresKey, JSON.stringify(figures))
  } catch {
    // Storage is blocked: the app asks for them itself, as it does now.
  }
}

/** Nobody is signed in any more: what was asked for them is nobody's. */
export function dropEarly(): void {
  page.pfEarly = undefined
  figures.length = 0
}
