import { fingerprintsOf, readBalances, readDetails } from '../payload.ts'
import { isIban } from './account.ts'

const metadata = {
  id: 'a',
  iban: '',
  status: 'READY',
  institution_id: 'BARCLAYS_BUKBGB22',
  owner_name: 'J HARTLEY',
  name: '',
}
const details = (account: Record<string, unknown>) => ({ account })

describe('an account', () => {
  it('is read from metadata and details, where the one that is not empty wins', () => {
    const account = {
      iban: 'GB33 BUKB 2020 1555 5555 55',
      currency: 'GBP',
      ownerName: ' ',
      displayName: 'Bills',
      cashAccountType: 'SVGS',
      product: 'Saver',
    }
    expect(readDetails(metadata, details(account))).toEqual({
      name: 'Bills',
      kind: 'savings',
      currency: 'GBP',
      iban: 'GB33BUKB20201555555555',
      ibanMasked: '5555',
      ownerName: 'J HARTLEY',
      product: 'Saver',
    })
  })

  it.each([
    [{ cashAccountType: 'CACC' }, 'current'],
    [{ cashAccountType: 'CARD' }, 'card'],
    [{ cashAccountType: 'LOAN' }, 'loan'],
    [{ cashAccountType: 'CASH' }, 'other'],
    [{ maskedPan: '5355XXXXXXXX1234' }, 'card'],
    [{ scan: '20201555555555' }, 'current'],
    [{}, 'other'],
  ])('%j is of kind %s', (account, kind) => {
    expect(readDetails(metadata, details(account)).kind).toBe(kind)
  })

  it('whose IBAN is a masked card number has none', () => {
    const card = readDetails(metadata, details({ iban: '3742XXXXXXX1009', currency: 'EUR' }))
    expect(card).toMatchObject({ kind: 'card', name: 'Account 1009', ibanMasked: '1009' })
    expect(card.iban).toBeUndefined()
  })

  it('without anything is still an account', () => {
    expect(readDetails(metadata, details({}))).toEqual({ name: 'Account', kind: 'other', ownerName: 'J HARTLEY' })
  })
})

describe('the identifiers of an account', () => {
  it('are its IBAN, and sort code and number that a British one yields', () => {
    const prints = fingerprintsOf(details({ iban: 'GB33BUKB20201555555555' }), metadata, 'BARCLAYS_BUKBGB22', 'GBP')
    expect(prints).toEqual(['iban:GB33BUKB20201555555555:GBP', 'uk:20201555555555:GBP'])
    expect(fingerprintsOf(details({ scan: '20-20-15 55555555' }), metadata, 'OTHER', 'GBP')).toEqual([prints[1]])
  })

  it('of a card are its masked number with its bank, however it is masked', () => {
    const print = 'pan:AMEX:3742*1009:EUR'
    expect(fingerprintsOf(details({ iban: '3742XXXXXXX1009' }), metadata, 'AMEX', 'EUR')).toEqual([print])
    expect(fingerprintsOf(details({ maskedPan: '3742 **** *** 1009' }), metadata, 'AMEX', 'EUR')).toEqual([print])
  })

  it('are none without a valid one', () => {
    expect(fingerprintsOf(details({ iban: 'GB34BUKB20201555555555' }), metadata, 'X', 'GBP')).toEqual([])
    expect(isIban('DE02120300000000202051')).toBe(true)
  })
})

describe('balances', () => {
  const money = { amount: '1204.33', currency: 'GBP' }

  it('are read with their types and times', () => {
    const full = { balanceAmount: money, balanceType: 'interimAvailable', creditLimitIncluded: false }
    const body = { balances: [{ ...full, lastChangeDateTime: '2025-03-14T08:00:00Z', referenceDate: '2025-03-14' }] }
    expect(readBalances(body)).toEqual([
      {
        ...{ type: 'interimAvailable', amountMinor: 120433n, currency: 'GBP', creditLimitIncluded: false },
        ...{ referenceDate: '2025-03-14', lastChangeAt: '2025-03-14T08:00:00Z' },
      },
    ])
  })

  it('that cannot be read are left out, and a body without a list is refused', () => {
    const broken = [
      { balanceType: 'expected' },
      { balanceAmount: { amount: 'x', currency: 'GBP' }, balanceType: 'expected' },
    ]
    expect(readBalances({ balances: [...broken, { balanceAmount: money, balanceType: 'expected' }] })).toHaveLength(1)
    expect(() => readBalances({})).toThrow(expect.objectContaining({ code: 'payload_unreadable' }))
  })
})
