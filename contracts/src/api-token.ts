import { type Static, Type } from 'typebox'

/**
 * Personal API tokens: `pf_`, 33 random letters and digits (196 bits), and 6 that are the CRC-32 of what stands before them. The
 * prefix lets a scanner of secrets find one that was committed by mistake, the checksum lets anybody refuse what was only made
 * up, without asking whoever keeps them. As GitHub's are made (github.blog, "Behind GitHub's new authentication token formats").
 */
const prefix = 'pf_'
const randomLetters = 33
const checksumLetters = 6
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const shape = new RegExp(`^${prefix}[0-9A-Za-z]{${randomLetters + checksumLetters}}$`)

/** Bytes of which a token is made: more than its letters hold, so that each letter is as likely as another. */
export const apiTokenBytes = 32

/** What a token may: none of them holds another. `admin`: what operators may, of a token that an operator made. */
export const ApiScope = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('admin')])
export type ApiScope = Static<typeof ApiScope>

/** What comes with the prefix is meant to be one, whether it is or not. */
export const looksLikeApiToken = (said: string): boolean => said.startsWith(prefix)

/** Whether it may be one that was issued: whole, and with its own checksum. */
export function isWholeApiToken(said: string): boolean {
  if (!shape.test(said)) return false
  const body = said.slice(0, -checksumLetters)
  return said.slice(-checksumLetters) === checksumOf(body)
}

/** `random`: `apiTokenBytes` of them. */
export function apiTokenOf(random: Uint8Array): string {
  let rest = random.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
  let letters = ''
  for (let n = 0; n < randomLetters; n++) {
    letters += alphabet[Number(rest % 62n)]
    rest /= 62n
  }
  const body = `${prefix}${letters}`
  return `${body}${checksumOf(body)}`
}

function checksumOf(body: string): string {
  let rest = crc32(body)
  let letters = ''
  for (let n = 0; n < checksumLetters; n++) {
    letters = `${alphabet[rest % 62]}${letters}`
    rest = Math.floor(rest / 62)
  }
  return letters
}

/** ISO 3309, over ASCII: what zlib computes. Here since contracts run in the browser, too. */
function crc32(ascii: string): number {
  let crc = 0xffffffff
  for (const letter of ascii) {
    crc ^= letter.charCodeAt(0)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
