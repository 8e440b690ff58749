import { derivedUuid } from './derived-uuid.ts'

describe('a derived UUID', () => {
  it('is of version 8', () => {
    expect(derivedUuid('run', 'a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('is the same for the same parts, and another where they are cut differently', () => {
    expect(derivedUuid('run', 'a')).toBe(derivedUuid('run', 'a'))
    expect(derivedUuid('ab', 'c')).not.toBe(derivedUuid('a', 'bc'))
  })
})
