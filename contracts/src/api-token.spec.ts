import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { apiTokenBytes, apiTokenOf, isWholeApiToken, looksLikeApiToken } from './api-token.ts'

const fresh = () => apiTokenOf(randomBytes(apiTokenBytes))

describe('a personal API token', () => {
  it('is known by its prefix, its length and the CRC-32 at its end', () => {
    const token = fresh()
    expect(token).toMatch(/^pf_[0-9A-Za-z]{39}$/)
    expect(looksLikeApiToken(token) && isWholeApiToken(token)).toBe(true)
    const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    const said = [...token.slice(-6)].reduce((number, letter) => number * 62 + letters.indexOf(letter), 0)
    expect(said).toBe(crc32(token.slice(0, -6)))
  })

  it('with one letter changed, cut off or added is none', () => {
    const token = fresh()
    for (let at = 3; at < token.length; at++) {
      const other = token[at] === 'a' ? 'b' : 'a'
      expect(isWholeApiToken(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(false)
    }
    for (const bent of ['', 'pf_', token.slice(0, -1), `${token}0`, ` ${token}`, token.slice(3)]) {
      expect(isWholeApiToken(bent)).toBe(false)
    }
  })

  it('is made of all the randomness that its letters can hold', () => {
    const made = new Set(Array.from({ length: 500 }, fresh))
    expect(made.size).toBe(500)
    for (let at = 3; at < 36; at++) expect(new Set([...made].map((token) => token[at])).size).toBeGreaterThan(45)
    expect(apiTokenOf(new Uint8Array(apiTokenBytes))).not.toBe(apiTokenOf(new Uint8Array(apiTokenBytes).fill(255)))
  })
})
