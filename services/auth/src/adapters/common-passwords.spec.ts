import { isCommonPassword } from './common-passwords.ts'

describe('the list of common passwords', () => {
  it('has those that are tried first, and none that nobody chose', async () => {
    const common = ['password', '12345678', 'qwertyuiop', 'iloveyou', 'football', 'password123']
    for (const password of common) expect([password, await isCommonPassword(password)]).toEqual([password, true])
    for (const password of ['correct horse battery', 'gx4!0vq2pz', ''])
      expect(await isCommonPassword(password)).toBe(false)
  })
})
