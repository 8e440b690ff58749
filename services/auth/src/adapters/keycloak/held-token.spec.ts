import { randomBytes } from 'node:crypto'
import { openHeld, sealHeld } from './held-token.ts'

const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) }

describe("Keycloak's refresh token at rest", () => {
  it('is opened by the very token of ours that it was sealed under', () => {
    const sealed = sealHeld('ey.keycloak.token', 'our token', random)
    expect(sealed).not.toContain('keycloak')
    expect(openHeld(sealed, 'our token')).toBe('ey.keycloak.token')
    expect(() => openHeld(sealed, 'another token')).toThrow()
  })

  it('is noticed where a byte of it was changed', () => {
    const bytes = Buffer.from(sealHeld('ey.keycloak.token', 'our token', random), 'base64url')
    bytes[20] = (bytes[20] ?? 0) ^ 1
    expect(() => openHeld(bytes.toString('base64url'), 'our token')).toThrow()
  })
})
