import { derivedId } from './derived-id.ts'

describe('a derived id', () => {
  it('is a UUID of version 8', () => {
    expect(derivedId('transaction', 'space', 1)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })

  it('is the same for the same parts, for ever', () => {
    expect(derivedId('transaction', 'space', 1)).toBe('c91d63d8-b2bb-8481-ae9b-4022cc267c78')
  })

  it('differs where parts are cut differently', () => {
    expect(derivedId('ab', 'c')).not.toBe(derivedId('a', 'bc'))
    expect(derivedId('a', '')).not.toBe(derivedId('a'))
  })
})
