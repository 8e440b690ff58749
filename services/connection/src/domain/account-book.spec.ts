import type { AccountBookEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import * as accountBook from './account-book.ts'
import { type Arrival, type RecogniseAccounts, recognition } from './account-book.ts'
import { spaceId } from './builders.ts'

const { given } = specify(accountBook)
const at = '2026-11-01T09:00:00.000Z'
const id = (n: number) => `018f0000-0000-7000-8000-00000000d00${n}`
const iban = 'a'.repeat(64)
const sortCode = 'b'.repeat(64)
const card = 'c'.repeat(64)

const arrival = (overrides: Partial<Arrival> = {}): Arrival => ({
  freshId: id(1),
  currency: 'GBP',
  fingerprints: [iban],
  ...overrides,
})
const recognise = (...arrivals: Arrival[]): RecogniseAccounts => ({ type: 'RecogniseAccounts', spaceId, arrivals, at })
const opened = (accountId: string, fingerprints: string[]): AccountBookEvent => ({
  type: 'AccountOpened',
  data: { accountId, spaceId, currency: 'GBP', fingerprints, openedAt: at },
})
const recognised = (accountId: string, fingerprints: string[]): AccountBookEvent => ({
  type: 'AccountRecognised',
  data: { accountId, fingerprints },
})

describe('an account that arrives', () => {
  it('is opened where no fingerprint is known', () => {
    given([])
      .when(recognise(arrival()))
      .then([opened(id(1), [iban])])
  })

  it('is recognised by any one fingerprint, and its others are learned', () => {
    given([opened(id(1), [iban])])
      .when(recognise(arrival({ freshId: id(2), fingerprints: [sortCode, iban] })))
      .then([recognised(id(1), [sortCode])])
  })

  it('stays quiet where nothing about it is new', () => {
    given([opened(id(1), [iban])])
      .when(recognise(arrival({ freshId: id(2) })))
      .thenNothing()
  })

  it('is passed over where it matches two accounts, and keeps no other from being taken', () => {
    const other = arrival({ freshId: id(3), fingerprints: ['d'.repeat(64)] })
    given([opened(id(1), [iban]), opened(id(2), [card])])
      .when(recognise(arrival({ freshId: id(4), fingerprints: [iban, card] }), other))
      .then([opened(id(3), other.fingerprints)])
  })

  it("is what the previous consent had under the same handle, and that account's fingerprints are learned", () => {
    given([opened(id(1), [])])
      .when(recognise(arrival({ freshId: id(2), knownAs: id(1), renewal: true })))
      .then([recognised(id(1), [iban])])
  })

  it('is passed over where the handle and a fingerprint say different accounts', () => {
    given([opened(id(1), []), opened(id(2), [iban])])
      .when(recognise(arrival({ freshId: id(3), knownAs: id(1), renewal: true })))
      .thenNothing()
  })

  it('is passed over in a renewal where nothing tells which account it is', () => {
    given([opened(id(1), [])])
      .when(recognise(arrival({ freshId: id(2), fingerprints: [], renewal: true })))
      .thenNothing()
  })

  it('is one with another of the same consent that shares a fingerprint', () => {
    given([])
      .when(recognise(arrival(), arrival({ freshId: id(2), fingerprints: [iban, sortCode] })))
      .then([opened(id(1), [iban]), recognised(id(1), [sortCode])])
  })

  it('without an identifier is opened once for the consent that showed it', () => {
    const nameless = arrival({ fingerprints: [] })
    given([])
      .when(recognise(nameless))
      .then([opened(id(1), [])])
    given([opened(id(1), [])])
      .when(recognise(nameless))
      .thenNothing()
  })
})

describe('a known account', () => {
  const rename = (accountId: string, name: string) => ({ type: 'ChangeAccount', accountId, name }) as const
  const call = (kind: 'savings' | null) => ({ type: 'ChangeAccount', accountId: id(1), kind }) as const
  const chosen = (kind: 'savings' | null): AccountBookEvent => ({
    type: 'AccountKindChosen',
    data: { accountId: id(1), kind },
  })
  const renamed: AccountBookEvent = { type: 'AccountRenamed', data: { accountId: id(1), name: 'Bills' } }

  it('takes the name its owner gives it', () => {
    given([opened(id(1), [iban])])
      .when(rename(id(1), 'Bills'))
      .then([renamed])
  })

  it('stays quiet when it has that name', () => {
    given([opened(id(1), [iban]), renamed])
      .when(rename(id(1), 'Bills'))
      .thenNothing()
  })

  it('is of the kind that its owner says, until the word is taken back', () => {
    const book = [opened(id(1), [iban])]
    given(book)
      .when(call('savings'))
      .then([chosen('savings')])
    given([...book, chosen('savings')])
      .when(call(null))
      .then([chosen(null)])
  })

  it('stays quiet when it is of that kind, or there is no word to take back', () => {
    const book = [opened(id(1), [iban])]
    given([...book, chosen('savings')])
      .when(call('savings'))
      .thenNothing()
    given(book).when(call(null)).thenNothing()
  })

  it('takes a name and a kind in one word', () => {
    given([opened(id(1), [iban])])
      .when({ ...rename(id(1), 'Bills'), kind: 'savings' })
      .then([renamed, chosen('savings')])
  })

  it('refuses a name for an account that is not there', () => {
    given([])
      .when(rename(id(1), 'Bills'))
      .thenRefuses('account_not_found')
  })

  it('is found again by what it arrived with', () => {
    const book = accountBook.evolve(accountBook.initial, opened(id(1), [iban, sortCode]))
    const as = (overrides: Partial<Arrival>) => recognition(arrival({ freshId: id(9), ...overrides }), book)
    expect(as({ fingerprints: [sortCode] })).toEqual({ as: 'known', accountId: id(1) })
    expect(as({ fingerprints: [card] })).toEqual({ as: 'new' })
    expect(as({ fingerprints: [], renewal: true })).toEqual({ as: 'unidentified' })
  })
})

describe('an account that was erased', () => {
  const forget = { type: 'ForgetAccounts', accountIds: [id(1), id(2)] } as const
  const forgotten: AccountBookEvent = { type: 'AccountForgotten', data: { accountId: id(1) } }

  it('is forgotten once, with all that it is recognised by', () => {
    given([opened(id(1), [iban, card]), opened(id(3), [sortCode])])
      .when({ ...forget, accountIds: [...forget.accountIds] })
      .then([forgotten])
      .leaves({ byFingerprint: { [sortCode]: id(3) } })
    given([opened(id(1), [iban]), forgotten])
      .when({ ...forget, accountIds: [...forget.accountIds] })
      .thenNothing()
  })

  it('is another one when it comes again', () => {
    given([opened(id(1), [iban]), forgotten])
      .when(recognise(arrival({ freshId: id(4) })))
      .then([opened(id(4), [iban])])
  })
})
