import { decoded } from '../entities.ts'
import { StatementUnreadable } from '../statement.ts'

/** An element of an OFX document: a value, or others within it. */
export interface OfxElement {
  name: string
  /** '' of an aggregate. */
  value: string
  children: OfxElement[]
  /** Where in the text it stands. */
  start: number
  end: number
  line: number
}

/** Deeper than any statement; a document that nests more is not one. */
const DEEPEST = 64

/**
 * The elements of OFX 1 and OFX 2. OFX 1 is SGML in which values have no closing tag, so that only what follows tells an empty
 * value from an aggregate: what was opened and never closed turns out to have been a value, and gives its children back.
 * OFX 2 is XML in which all are closed. One reader for both, since banks mix them; no kept library reads the first.
 */
export function ofxElements(text: string): OfxElement {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw unsafe()
  const root: OfxElement = element('', 0, 0)
  const open: OfxElement[] = [root]
  const lines = lineCounter(text)
  const tag = /<(\/?)([A-Za-z][A-Za-z0-9._]*)\s*(\/?)>|<!\[CDATA\[|<[?!][^<>]*>/g
  for (let found = tag.exec(text); found !== null; found = tag.exec(text)) {
    const [whole, closing, name, selfClosed] = found
    if (name === undefined) continue
    const end = found.index + whole.length
    if (closing === '/') {
      close(open, name.toUpperCase(), end)
      continue
    }
    const made = element(name.toUpperCase(), found.index, lines(found.index))
    open.at(-1)?.children.push(made)
    made.end = end
    if (selfClosed === '/') continue
    const { value, next } = valueAt(text, end)
    if (value === '') {
      open.push(made)
      if (open.length > DEEPEST) throw damaged(`elements nested more than ${DEEPEST} deep`)
      continue
    }
    made.value = value
    made.end = next
    tag.lastIndex = next
  }
  return root
}

function element(name: string, start: number, line: number): OfxElement {
  return { name, value: '', children: [], start, end: start, line }
}

function unsafe(): StatementUnreadable {
  return new StatementUnreadable({
    code: 'unsafe_xml',
    found: 'a document type of its own',
    expected: 'none',
    todo: 'export the statement from the bank again',
  })
}

function damaged(found: string): StatementUnreadable {
  return new StatementUnreadable({
    code: 'damaged',
    found,
    expected: 'an OFX document',
    todo: 'export the statement from the bank again',
  })
}

const CDATA = '<![CDATA['

/** The text right behind an opening tag, with its own closing tag where there is one. */
function valueAt(text: string, from: number): { value: string; next: number } {
  if (text.startsWith(CDATA, from)) {
    const end = text.indexOf(']]>', from)
    const stop = end === -1 ? text.length : end
    return { value: text.slice(from + CDATA.length, stop).trim() || ' ', next: Math.min(stop + 3, text.length) }
  }
  const at = text.indexOf('<', from)
  const next = at === -1 ? text.length : at
  return { value: decoded(text.slice(from, next).trim()), next }
}

/** A value's own closing tag finds no open element of its name and is passed over. */
function close(open: OfxElement[], name: string, end: number): void {
  let at = open.length - 1
  while (at > 0 && open[at]?.name !== name) at--
  if (at <= 0) return
  for (let i = open.length - 1; i > at; i--) {
    const empty = open[i]
    for (const child of empty?.children ?? []) open[i - 1]?.children.push(child)
    if (empty !== undefined) empty.children = []
  }
  const closed = open[at]
  if (closed !== undefined) closed.end = end
  open.length = at
}

/** Of growing positions; each character is looked at once. */
function lineCounter(text: string): (index: number) => number {
  let line = 1
  let next = text.indexOf('\n')
  return (index) => {
    while (next !== -1 && next < index) {
      line++
      next = text.indexOf('\n', next + 1)
    }
    return line
  }
}

/** All elements of a name, however deep; what stands within one of them is not looked at again. */
export function within(root: OfxElement, ...names: readonly string[]): OfxElement[] {
  const found: OfxElement[] = []
  const look = (one: OfxElement) => {
    for (const child of one.children) {
      if (names.includes(child.name)) found.push(child)
      else look(child)
    }
  }
  look(root)
  return found
}

/** The value at a path of names below an element, or ''. */
export function valueAtPath(root: OfxElement | undefined, ...path: readonly string[]): string {
  let at = root
  for (const name of path) at = at?.children.find((child) => child.name === name)
  return at?.value.trim() ?? ''
}
