import { inflateSync } from 'node:zlib'
import { INSTITUTIONS } from '../domain/institutions.ts'
import { drawLogo } from './logo.ts'

describe("a made-up bank's logo", () => {
  it('is a PNG of 96 × 96, the same each time', () => {
    const logo = Buffer.from(drawLogo('A_BANK'))
    expect(logo.subarray(1, 4).toString()).toBe('PNG')
    expect([logo.readUInt32BE(16), logo.readUInt32BE(20)]).toEqual([96, 96])
    const at = logo.indexOf('IDAT')
    expect(inflateSync(logo.subarray(at + 4, at + 4 + logo.readUInt32BE(at - 4)))).toHaveLength(96 * (1 + 96 * 3))
    expect(Buffer.from(drawLogo('A_BANK'))).toEqual(logo)
  })

  it('tells the banks apart', () => {
    const logos = INSTITUTIONS.map(({ id }) => Buffer.from(drawLogo(id)).toString('base64'))
    expect(new Set(logos).size).toBe(INSTITUTIONS.length)
  })
})
