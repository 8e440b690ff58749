import { type StatementFormat, StatementUnreadable } from './statement.ts'
import { encrypted, type StatementText, textOfFile } from './text.ts'

export interface Sniffed extends StatementText {
  format: StatementFormat
}

const BEGINNING = 8 * 1024

/** What a file is, by what stands in it; its name only helps where that says nothing. Throws StatementUnreadable. */
export function sniffStatement(bytes: Uint8Array, name = ''): Sniffed {
  const read = textOfFile(bytes)
  const format = formatOf(read.text.slice(0, BEGINNING), name)
  return { ...read, format }
}

function formatOf(beginning: string, name: string): StatementFormat {
  const start = beginning.trimStart()
  if (/<OFX[\s>]|^OFXHEADER\s*:|<\?OFX\b/i.test(beginning)) {
    if (/^SECURITY\s*:\s*TYPE1/im.test(beginning)) throw encrypted('an OFX file with SECURITY:TYPE1')
    return 'ofx'
  }
  if (/<(?:\w+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt)[\s>]|camt\.05[23]\./.test(beginning)) return 'camt053'
  if (start.startsWith('<') || start.startsWith('{"') || start.startsWith('[{')) throw unknownMarkup(start)
  if (/^!(?:Type|Account|Option|Clear)\b/im.test(beginning)) return 'qif'
  if (/^:20:/m.test(beginning) && /^:(?:25P?|60[FM]):/m.test(beginning)) return 'mt940'
  if (/^\{1:F\d{2}/.test(start)) return 'mt940'
  if (/\.qif$/i.test(name)) return 'qif'
  // Two lines, or one with something to cut it by: less is no table.
  if (/[,;\t|]/.test(start)) return 'csv'
  throw unknown('a text that is no statement')
}

function unknownMarkup(start: string): StatementUnreadable {
  if (/^<(?:!doctype html|html)/i.test(start))
    return unknown('a web page', 'use the bank’s export instead of saving the page')
  if (/camt\.054/.test(start)) return unknown('a camt.054 notification', 'export the statement (camt.053)')
  return unknown(start.startsWith('<') ? 'an XML file of another kind' : 'a JSON file')
}

function unknown(found: string, todo = 'export the statement in one of them'): StatementUnreadable {
  return new StatementUnreadable({ code: 'format_unknown', found, expected: 'CSV, OFX, QIF, CAMT.053 or MT940', todo })
}
