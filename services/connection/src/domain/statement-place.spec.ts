import type { AccountBookEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import * as accountBook from './account-book.ts'
import { spaceId } from './builders.ts'
import type { PlaceStatement, StatementIdentity } from './statement-place.ts'

const { given } = specify(accountBook)
const at = '2026-11-01T09:00:00.000Z'
const id = (n: number) => `018f0000-0000-7000-8000-00000000d00${n}`
const iban = 'a'.repeat(64)
const sortCode = 'b'.repeat(64)
const card = 'c'.repeat(64)

const identity = (overrides: Partial<StatementIdentity> = {}): StatementIdentity => ({
  currency: 'GBP',
  strong: [iban],
  weak: [],
  hints: [],
  ...overrides,
})
const place = (overrides: Partial<PlaceStatement> = {}): PlaceStatement => ({
  type: 'PlaceStatement',
  spaceId,
  freshId: id(9),
  identities: [identity()],
  at,
  ...overrides,
})
const opening = {
  name: 'Old savings',
  kind: 'savings' as const,
  currency: 'GBP',
  institution: { id: 'file', name: 'Northbank', logo: '' },
  timeZone: 'Europe/London',
}
const opened = (accountId: string, fingerprints: string[], currency = 'GBP'): AccountBookEvent => ({
  type: 'AccountOpened',
  data: { accountId, spaceId, currency, fingerprints, openedAt: at },
})
const recognised = (accountId: string, fingerprints: string[]): AccountBookEvent => ({
  type: 'AccountRecognised',
  data: { accountId, fingerprints },
})
const { currency: _, ...declared } = opening
const declaredAs = (accountId: string): AccountBookEvent => ({
  type: 'FileAccountDeclared',
  data: { accountId, ...declared, declaredAt: at },
})

describe('a statement file whose account nobody named', () => {
  it('is of the account that has its number, and teaches it the others', () => {
    given([opened(id(1), [iban])])
      .when(place({ identities: [identity({ strong: [sortCode, iban] })], opening }))
      .then([recognised(id(1), [sortCode])])
  })

  it('is of the account that a card number fits, where no better number tells', () => {
    given([opened(id(1), [card])])
      .when(place({ identities: [identity({ strong: [], weak: [card] })] }))
      .thenNothing()
    given([opened(id(1), [card]), opened(id(2), [iban])])
      .when(place({ identities: [identity({ weak: [card] })] }))
      .thenNothing()
  })

  it('is of the card that its number fits at one of the banks, and learns nothing of the banks', () => {
    const identities = [identity({ strong: [], weak: ['e'.repeat(64)], hints: [card, 'f'.repeat(64)] })]
    given([opened(id(1), [card])])
      .when(place({ identities }))
      .then([recognised(id(1), ['e'.repeat(64)])])
    given([opened(id(1), [card]), opened(id(2), ['f'.repeat(64)])])
      .when(place({ identities }))
      .thenRefuses('account_ambiguous')
  })

  it('opens the account that the user describes, in one step', () => {
    given([])
      .when(place({ opening }))
      .then([opened(id(9), [iban]), declaredAs(id(9))])
  })

  it('asks for an account where none is known and none described', () => {
    given([opened(id(1), [sortCode])])
      .when(place())
      .thenRefuses('account_needed')
  })

  it('asks which account where its numbers are those of two', () => {
    given([opened(id(1), [iban]), opened(id(2), [sortCode])])
      .when(place({ identities: [identity({ strong: [iban, sortCode] })], opening }))
      .thenRefuses('account_ambiguous')
  })

  it('that states no currency is looked for in every one', () => {
    const identities = [identity(), identity({ currency: 'EUR', strong: [sortCode] })]
    given([opened(id(1), [sortCode], 'EUR')])
      .when(place({ identities }))
      .thenNothing()
  })

  it('opens no account of another currency', () => {
    given([])
      .when(place({ identities: [identity({ currency: 'EUR' })], opening }))
      .thenRefuses('currencies_differ')
  })
})

describe('a statement file whose account the user named', () => {
  it('teaches its numbers to an account that has none', () => {
    given([opened(id(1), [])])
      .when(place({ named: id(1) }))
      .then([recognised(id(1), [iban])])
  })

  it('teaches nothing to an account that is known by other numbers', () => {
    given([opened(id(1), [sortCode])])
      .when(place({ named: id(1) }))
      .thenNothing()
  })

  it('is refused where it bears the number of another account', () => {
    given([opened(id(1), []), opened(id(2), [iban])])
      .when(place({ named: id(1) }))
      .thenRefuses('accounts_differ')
  })

  it('may share a card number with another one', () => {
    given([opened(id(1), []), opened(id(2), [card])])
      .when(place({ named: id(1), identities: [identity({ weak: [card] })] }))
      .then([recognised(id(1), [iban])])
  })

  it('is refused for an account that is not there, or of another currency', () => {
    given([])
      .when(place({ named: id(1) }))
      .thenRefuses('account_not_found')
    given([opened(id(1), [], 'EUR')])
      .when(place({ named: id(1) }))
      .thenRefuses('currencies_differ')
  })
})

describe('an account that a file opened', () => {
  it('is recognised when a bank shows it', () => {
    given([opened(id(1), [iban]), declaredAs(id(1))])
      .when({
        type: 'RecogniseAccounts',
        spaceId,
        arrivals: [{ freshId: id(2), currency: 'GBP', fingerprints: [iban] }],
        at,
      })
      .thenNothing()
  })
})
