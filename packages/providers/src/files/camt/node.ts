import { XMLParser } from 'fast-xml-parser'
import { decoded } from '../entities.ts'
import { limits, StatementUnreadable } from '../statement.ts'

/** An element as the parser gives it: a text, or its children by name (one, or a list of them). */
export type Node = string | { readonly [name: string]: unknown }

/**
 * Values stay texts (an amount is no float, a reference keeps its zeros). Entities are left alone here: none of a document's
 * own exist, since those are refused before, and the five of XML are put in by `textAt`.
 */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
  maxNestedTags: 64,
})

/** Throws StatementUnreadable for what is no whole XML document, or one that brings its own entities. */
export function parseXml(text: string): Node {
  if (text.length > limits.xmlCharacters) {
    throw new StatementUnreadable({
      code: 'too_large',
      found: `${text.length} characters of XML`,
      expected: `at most ${limits.xmlCharacters}`,
      todo: 'ask the bank for shorter periods and take one file after the other',
    })
  }
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) {
    throw new StatementUnreadable({
      code: 'unsafe_xml',
      found: 'a document type of its own',
      expected: 'none: no bank statement has one',
      todo: 'export the statement from the bank again',
    })
  }
  const damaged = new StatementUnreadable({
    code: 'damaged',
    found: 'XML that is not whole',
    expected: 'a complete document',
    todo: 'download the statement again',
  })
  // The parser forgives a missing end.
  if (!/<\/(?:[\w.-]+:)?Document\s*>\s*(?:<!--[\s\S]*?-->\s*)?$/.test(text.slice(-2000))) throw damaged
  try {
    return parser.parse(text) as Node
  } catch {
    // Its message quotes the file.
    throw damaged
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}

/** The children of a name, in order. */
export function many(node: Node | undefined, name: string): Node[] {
  if (node === undefined || typeof node === 'string') return []
  const value = node[name]
  return (Array.isArray(value) ? value : [value]).filter(isNode)
}

/** The first at a path. */
export function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let here = node
  for (const name of path) here = many(here, name)[0]
  return here
}

/** The text at a path, or ''. */
export function textAt(node: Node | undefined, ...path: readonly string[]): string {
  const found = at(node, ...path)
  if (found === undefined) return ''
  if (typeof found === 'string') return decoded(found).trim()
  const text = found['#text']
  return typeof text === 'string' ? decoded(text).trim() : ''
}
