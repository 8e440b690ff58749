import { usernameOf } from './username.ts'

describe('a user name', () => {
  it('is kept without the blanks around it, in one form of Unicode', () => {
    expect(usernameOf('  Sam Doe ')).toBe('Sam Doe')
    expect(usernameOf('Zoe\u0308')).toBe('Zo\u00eb')
  })

  it('has 3 to 50 characters, however many bytes they take', () => {
    expect(usernameOf(' ab ')).toBeUndefined()
    expect(usernameOf('🦊🦊')).toBeUndefined()
    expect(usernameOf('🦊'.repeat(50))).toBe('🦊'.repeat(50))
    expect(usernameOf('a'.repeat(51))).toBeUndefined()
  })

  it('holds nothing that cannot be seen', () => {
    for (const unseen of ['\u0000', '\n', '\u200b', '\u202e', '\ud800']) {
      expect(usernameOf(`sam${unseen}sam`)).toBeUndefined()
    }
  })
})
