import { bytesOf, payments, refusal } from './builders.ts'
import { limits, readStatement, sniffStatement } from './index.ts'

const csv = 'Date,Description,Amount\n2026-01-02,Café £5 – new,-5.00\n2026-01-03,B,7.00\n'
const latin = (text: string) => Uint8Array.from([...text].map((character) => character.charCodeAt(0)))
const utf16 = (text: string, little: boolean, mark: boolean) => {
  const view = new DataView(new ArrayBuffer((text.length + (mark ? 1 : 0)) * 2))
  ;(mark ? `\ufeff${text}` : text).split('').forEach((character, i) => {
    view.setUint16(i * 2, character.charCodeAt(0), little)
  })
  return new Uint8Array(view.buffer)
}

describe('an encoding', () => {
  it.each([
    ['UTF-8', bytesOf(csv), 'utf-8'],
    ['UTF-8 with its mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf(csv)), 'utf-8'],
    ['UTF-16', utf16(csv, true, true), 'utf-16le'],
    ['UTF-16 the other way round', utf16(csv, false, true), 'utf-16be'],
    ['UTF-16 without its mark', utf16(csv, true, false), 'utf-16le'],
    ['windows-1252', Uint8Array.from(latin(csv.replace('–', '\u0096'))), 'windows-1252'],
  ])('of %s is told by the bytes', (_, bytes, encoding) => {
    expect(sniffStatement(bytes)).toMatchObject({ format: 'csv', encoding })
    expect(payments(readStatement(bytes))[0]?.[3]).toBe('Café £5 – new')
  })

  it('with the newer euro sign is ISO 8859-15', () => {
    const bytes = latin(csv.replace('£5 –', '\u00a45 -'))
    expect(sniffStatement(bytes).encoding).toBe('iso-8859-15')
    expect(payments(readStatement(bytes))[0]?.[3]).toBe('Café €5 - new')
  })
})

describe('a format', () => {
  it.each([
    ['csv', csv],
    ['ofx', 'OFXHEADER:100\nDATA:OFXSGML\n<OFX>'],
    ['ofx', '<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX></OFX>'],
    ['qif', '!Type:Bank\nD1/2/26\n^\n'],
    ['camt053', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'],
    ['mt940', ':20:X\n:25:Y\n:60F:C260101EUR1,00\n'],
    ['mt940', '{1:F01X}{2:I940X}{4:\n:20:X\n'],
  ])('%s is told by what stands in the file', (format, text) => {
    expect(sniffStatement(bytesOf(text)).format).toBe(format)
  })

  it('is told by the file’s name where nothing in it does', () => {
    expect(sniffStatement(bytesOf('D2026-01-02\nT-1.00\nPX\n^\n'), 'export.QIF').format).toBe('qif')
  })
})

describe('a file that is no statement', () => {
  const cases: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(), 'empty'],
    ['blanks', bytesOf(' \r\n\t'), 'empty'],
    ['a PDF', bytesOf('%PDF-1.7 …'), 'not_text'],
    ['a workbook or archive', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0), 'not_text'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), 'not_text'],
    ['other bytes', Uint8Array.of(65, 0, 1, 2, 3, 4, 5, 6, 7), 'not_text'],
    ['a PGP message', bytesOf('-----BEGIN PGP MESSAGE-----\n\nabc\n'), 'encrypted'],
    ['an encrypted OFX', bytesOf('OFXHEADER:100\nSECURITY:TYPE1\n<OFX>'), 'encrypted'],
    ['a web page', bytesOf('<!DOCTYPE html><html></html>'), 'format_unknown'],
    ['a notification', bytesOf('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'), 'format_unknown'],
    ['JSON', bytesOf('{"transactions":[]}'), 'format_unknown'],
    ['prose', bytesOf('hello'), 'format_unknown'],
    ['more than the limit', new Uint8Array(limits.bytes + 1), 'too_large'],
  ]
  it.each(cases)('is refused: %s', (_, bytes, code) => {
    const error = refusal(() => readStatement(bytes))
    expect(error.code).toBe(code)
    expect(error.message).toBe(`${code}: found ${error.found}, expected ${error.expected}; ${error.todo}`)
  })

  it('is told without a word of what stands in it', () => {
    const secret = 'Date,Description,Amount\n2026-01-01,"SECRETPAYEE,-1\n'
    const error = refusal(() => readStatement(bytesOf(secret)))
    expect(error.code).toBe('damaged')
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('SECRET')
  })
})
