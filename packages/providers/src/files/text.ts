import { limits, StatementUnreadable } from './statement.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-15'

export interface StatementText {
  text: string
  encoding: Encoding
}

/** The bytes as text. Throws StatementUnreadable for what is no text. */
export function textOfFile(bytes: Uint8Array): StatementText {
  if (bytes.byteLength > limits.bytes) {
    throw new StatementUnreadable({
      code: 'too_large',
      found: `${bytes.byteLength} bytes`,
      expected: `at most ${limits.bytes}`,
      todo: 'ask the bank for shorter periods and take one file after the other',
    })
  }
  refuseKnownBinary(bytes)
  const encoding = encodingOf(bytes)
  const text = new TextDecoder(encoding).decode(bytes)
  if (text.trim() === '') {
    throw new StatementUnreadable({
      code: 'empty',
      found: bytes.byteLength === 0 ? 'a file of 0 bytes' : 'nothing but blanks',
      expected: 'a bank statement',
      todo: 'export it from the bank again',
    })
  }
  if (hasControls(text)) refuse('bytes that are no text')
  if (/^\s*-----BEGIN PGP/.test(text)) throw encrypted('a PGP message')
  return { text, encoding }
}

/** First bytes of what people take for a statement. */
const SIGNATURES: readonly { starts: readonly number[]; is: string; todo?: string }[] = [
  { starts: [0x25, 0x50, 0x44, 0x46], is: 'a PDF' },
  { starts: [0x50, 0x4b, 0x03, 0x04], is: 'a ZIP archive or an Excel workbook', todo: 'unpack it, or save it as CSV' },
  { starts: [0xd0, 0xcf, 0x11, 0xe0], is: 'an old Excel workbook', todo: 'save it as CSV' },
  { starts: [0x1f, 0x8b], is: 'a gzip archive', todo: 'unpack it' },
  { starts: [0x37, 0x7a, 0xbc, 0xaf], is: 'a 7-Zip archive', todo: 'unpack it' },
  { starts: [0x52, 0x61, 0x72, 0x21], is: 'a RAR archive', todo: 'unpack it' },
  { starts: [0x89, 0x50, 0x4e, 0x47], is: 'a picture' },
  { starts: [0xff, 0xd8, 0xff], is: 'a picture' },
]

/** Archives are named and refused, never opened: a small one may unpack to any size. */
function refuseKnownBinary(bytes: Uint8Array): void {
  const known = SIGNATURES.find(({ starts }) => starts.every((byte, i) => bytes[i] === byte))
  if (known !== undefined) refuse(known.is, known.todo)
}

function refuse(found: string, todo = 'export the statement as CSV, OFX, QIF, CAMT.053 or MT940'): never {
  throw new StatementUnreadable({ code: 'not_text', found, expected: 'a text file', todo })
}

export function encrypted(found: string): StatementUnreadable {
  return new StatementUnreadable({
    code: 'encrypted',
    found,
    expected: 'a readable statement',
    todo: 'export it without encryption',
  })
}

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const wide = withoutMark(bytes)
  if (wide !== undefined) return wide
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    // What a file says of its own encoding is often wrong; bytes that happen to be valid UTF-8 beyond ASCII hardly ever are
    // anything else, and what is left is Western European. ISO 8859-15 differs from windows-1252 where it has the euro sign.
    return bytes.includes(0xa4) && !bytes.includes(0x80) ? 'iso-8859-15' : 'windows-1252'
  }
}

/** UTF-16 without its mark: Latin text has a zero in every other byte. */
function withoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const sample = bytes.subarray(0, 512)
  let even = 0
  let odd = 0
  sample.forEach((byte, i) => {
    if (byte !== 0) return
    if (i % 2 === 0) even++
    else odd++
  })
  const most = sample.length / 2 - sample.length / 8
  if (sample.length >= 4 && odd >= most && even === 0) return 'utf-16le'
  return sample.length >= 4 && even >= most && odd === 0 ? 'utf-16be' : undefined
}

/** SWIFT envelopes have SOH and ETX around them; a statement has no other control characters but line ends and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000\u0004-\u0008\u000e-\u0019\u001b-\u001f]/

function hasControls(text: string): boolean {
  return CONTROLS.test(text)
}
