import { institution } from '../../../testing/shapes.ts'
import { countries, likelyCountry } from './countries.ts'
import { matching } from './store.ts'

describe('the search for a bank', () => {
  const banks = [
    institution({ name: 'Crédit Agricole', bic: 'AGRIFRPP' }),
    institution({ name: 'Nationwide Building Society' }),
  ]

  it('does not mind accents, case or the order of words', () => {
    expect(matching(banks, 'credit')).toEqual([banks[0]])
    expect(matching(banks, 'society NATION')).toEqual([banks[1]])
  })

  it('knows a BIC', () => expect(matching(banks, 'agrifrpp')).toEqual([banks[0]]))

  it('shows all without words', () => expect(matching(banks, '  ')).toEqual(banks))
})

describe('the country', () => {
  it('is the first of the browser in which banks can be reached', () => {
    expect(likelyCountry(['en-US', 'de-AT', 'en-GB'])).toBe('AT')
    expect(likelyCountry(['en'])).toBe('GB')
  })

  it('is named in the language of the reader', () => {
    expect(countries('de')).toContainEqual({ code: 'AT', name: 'Österreich' })
  })
})
