import { argon2Passwords } from './passwords.ts'

describe('a password', () => {
  it('fits its own hash, in whichever form of Unicode it comes, and no other', async () => {
    const passwords = await argon2Passwords('decoy')
    const hash = await passwords.hash('caf\u00e9 au lait')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.verify(hash, 'cafe\u0301 au lait')).toBe(true)
    expect(await passwords.verify(hash, 'cafe au lait')).toBe(false)
  })

  it('is hashed anew where its hash cost less than one costs now', async () => {
    const passwords = await argon2Passwords('decoy')
    expect(passwords.isOutdated(await passwords.hash('caf\u00e9 au lait'))).toBe(false)
    for (const cost of ['m=9216,t=4,p=1', 'm=19456,t=1,p=1', 'm=19456,t=2,p=4'])
      expect([cost, passwords.isOutdated(`$argon2id$v=19$${cost}$c2FsdA$aGFzaA`)]).toEqual([cost, true])
    expect(passwords.isOutdated('$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA')).toBe(false)
  })

  it('fits nobody who is unknown, not even as the decoy', async () => {
    const passwords = await argon2Passwords('decoy')
    expect(await passwords.verify(undefined, 'decoy')).toBe(false)
  })
})
