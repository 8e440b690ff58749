import { argon2Passwords } from './passwords.ts'

describe('a password', () => {
  it('fits its own hash, in whichever form of Unicode it comes, and no other', async () => {
    const passwords = await argon2Passwords('decoy')
    const hash = await passwords.hash('caf\u00e9 au lait')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.verify(hash, 'cafe\u0301 au lait')).toBe(true)
    expect(await passwords.verify(hash, 'cafe au lait')).toBe(false)
  })

  it('fits nobody who is unknown, not even as the decoy', async () => {
    const passwords = await argon2Passwords('decoy')
    expect(await passwords.verify(undefined, 'decoy')).toBe(false)
  })
})
