import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './system.ts'

/** A request of a page with the answer that the page shows for it, or the user's own act at the bank between two of them. */
export type Step = { line: number; sent: Sent; status: number; answer: unknown } | { line: number; consent: string }
export type Sent = { method: string; path: string; headers: Record<string, string>; body: string; upload?: string }

const block = /^```(\S+)(?: +(\S+))?\n([\s\S]*?)^```$/gm

/** The steps of docs/api/<name>.md: a block `http` (or `upload <file>`) and the block `json <status>` after it. */
export function stepsOf(name: string): Step[] {
  const text = readFileSync(join(root, 'docs', 'api', `${name}.md`), 'utf8')
  const steps: Step[] = []
  let open: { line: number; sent: Sent } | undefined
  for (const { 0: whole, 1: kind, 2: word, 3: content = '', index } of text.matchAll(block)) {
    const line = text.slice(0, index).split('\n').length
    if (kind === 'consent') steps.push({ line, consent: content.trim() })
    else if (kind === 'http') open = { line, sent: sentOf(content) }
    else if (kind === 'upload') open = { line, sent: { ...sentOf(content), upload: word ?? 'statement.csv' } }
    else if (kind === 'json' && open !== undefined) {
      steps.push({ ...open, status: Number(word), answer: content.trim() === '' ? undefined : JSON.parse(content) })
      open = undefined
    } else throw new Error(`docs/api/${name}.md:${line}: no request belongs to ${whole.split('\n')[0]}`)
  }
  if (open !== undefined) throw new Error(`docs/api/${name}.md:${open.line}: no answer is shown for this request.`)
  return steps
}

function sentOf(content: string): Sent {
  const [head = '', ...rest] = content.split('\n\n')
  const [first = '', ...fields] = head.trim().split('\n')
  const [method = '', path = ''] = first.split(' ')
  const headers = Object.fromEntries(
    fields.map((field) => [field.split(': ')[0] ?? '', field.split(': ').slice(1).join(': ')]),
  )
  return { method, path, headers, body: rest.join('\n\n').trim() }
}

/** What answers told under a `{name}`, for the requests after them. */
export class Names {
  readonly #known = new Map<string, string>()

  set(name: string, value: string): void {
    this.#known.set(name, value)
  }

  /** Every `{name}` with what it stands for; one that nothing told is left as it is, such as JSON's own braces. */
  filled(text: string): string {
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => this.#known.get(name) ?? whole)
  }

  /** Throws what differs. Names are kept only where all of it is as shown. */
  compare(shown: unknown, found: unknown): void {
    const learnt = new Map(this.#known)
    const fault = faultOf(shown, found, learnt, '')
    if (fault !== undefined) throw new Error(`${fault}\nin ${JSON.stringify(found)?.slice(0, 2000)}`)
    for (const [name, value] of learnt) this.#known.set(name, value)
  }
}

/** Of these the form has to be as shown; what they say is each system's own. */
const forms = [
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  /^\d{4}-\d{2}-\d{2}$/,
  /^\d{4}-\d{2}$/,
  /^-?\d+\.\d{2}$/,
]
/** Numbers that are the same everywhere; of others it is enough that there is one. */
const fixed = /^\/(status|expires_in|observed|added|matched|held)$/

function faultOf(shown: unknown, found: unknown, names: Map<string, string>, at: string): string | undefined {
  if (typeof shown === 'string') return faultOfText(shown, found, names, at)
  if (Array.isArray(shown)) return faultOfList(shown, found, names, at)
  if (typeof shown === 'number' && !fixed.test(at)) return typeof found === 'number' ? undefined : `${at} is no number`
  if (typeof shown !== 'object' || shown === null) {
    return shown === found ? undefined : `${at} is ${JSON.stringify(found)}, shown is ${JSON.stringify(shown)}`
  }
  if (typeof found !== 'object' || found === null) return `${at} is ${JSON.stringify(found)}, shown is an object`
  for (const [key, part] of Object.entries(shown)) {
    const fault = faultOf(part, (found as Record<string, unknown>)[key], names, `${at}/${key}`)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultOfText(shown: string, found: unknown, names: Map<string, string>, at: string): string | undefined {
  if (typeof found !== 'string') return `${at} is ${JSON.stringify(found)}, shown is text`
  const name = /^\{(\w+)\}$/.exec(shown)?.[1]
  if (name !== undefined && !names.has(name)) names.set(name, found)
  const expected = name === undefined ? shown : (names.get(name) ?? '')
  const same = expected.includes('…')
    ? new RegExp(`^${expected.split('…').map(literal).join('.+')}$`, 's').test(found)
    : expected === found || (name === undefined && forms.some((form) => form.test(expected) && form.test(found)))
  return same ? undefined : `${at} is ${JSON.stringify(found)}, shown is ${JSON.stringify(expected)}`
}

/** Each item that is shown is found somewhere in the list; an empty one says nothing of what is there. */
function faultOfList(shown: unknown[], found: unknown, names: Map<string, string>, at: string): string | undefined {
  if (!Array.isArray(found)) return `${at} is no list`
  for (const item of shown) {
    let fault: string | undefined = `${at} is empty`
    for (const candidate of found) {
      const tried = new Map(names)
      fault = faultOf(item, candidate, tried, at)
      if (fault !== undefined) continue
      for (const [name, value] of tried) names.set(name, value)
      break
    }
    if (fault !== undefined) return fault
  }
  return undefined
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
