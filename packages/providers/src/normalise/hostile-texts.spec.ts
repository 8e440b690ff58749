import { failureOf } from '../gocardless/errors.ts'
import { textComparison } from '../identity/text.ts'
import { parseAmount } from '../money.ts'
import { normalise } from '../payload.ts'
import { PROFILED_BANKS, profileOf } from './profiles.ts'

/**
 * Texts of 100 kB made of what our patterns look for, over and over, with the end missing. A pattern that goes back over
 * them takes minutes; one that does not takes milliseconds. The bound lies far from both, whatever the machine.
 */
const SIZE = 100_000
const BOUND_MS = 5_000
const repeated = (text: string) => text.repeat(Math.ceil(SIZE / text.length)).slice(0, SIZE)

const HOSTILE = [
  ...[
    'a',
    ' ',
    '\t\u00a0',
    '1',
    ',',
    '.',
    "'",
    '*',
    '\\',
    '-',
    '\u200b',
    'e\u0301',
    '\ud83d',
    '\n',
    '\\U00e',
    'ß',
    "['",
    'x@',
  ],
  ...[
    'a b ',
    'End-to-End-Ref.: ',
    'E n d - t o - ',
    '/Txt/x',
    'PAS1,',
    'x*x,PAS',
    'CB* ',
    'CREDITORE:',
    'o/c: x ',
    'narrative: [ ',
  ],
  ...['Betaling ', 'FPS, ', '(..1234) 2025-01-02 ', '2025-01-02T', 'remittanceinformation', 'end user agreement '],
].map(repeated)
/** What the banks' own patterns look for first. */
const BEGINNINGS = [
  ...[
    '',
    'CARTE 01/01/25 ',
    'BONIFICO ',
    'ADDEBITO SDD ',
    'PAGAMENTO SU CIRCUITO INTERNAZIONALE ',
    'FPS, ',
    'PIRKUMS 1*2 ',
  ],
  ...[
    'HAI INVIATO UN BONIFICO A ',
    '(..1234) 2025-01-02 09:32 ',
    'billingAmount: ',
    '11.07. 11:36',
    '123456789012 1234 ',
  ],
]

function rowOf(text: string): object {
  return {
    transactionId: text,
    bookingDate: '2025-03-10',
    bookingDateTime: text,
    transactionAmount: { amount: '-1.00', currency: 'EUR' },
    debtorName: text.slice(0, SIZE / 2),
    remittanceInformationUnstructured: text,
    remittanceInformationUnstructuredArray: [text],
    remittanceInformationStructured: text,
    additionalInformation: text,
  }
}

function read(institutionId: string, text: string): number {
  const context = { institutionId, today: '2025-03-14', timeZone: 'UTC', currency: 'EUR', ownerName: 'A B' }
  const started = performance.now()
  const { rows, held } = normalise({ transactions: { booked: [rowOf(text)], pending: [] } }, context)
  expect(rows.length + held.length).toBe(1)
  return performance.now() - started
}

/** Every pattern anywhere in the ways of the banks, each once. */
function patternsOf(value: unknown): RegExp[] {
  if (value instanceof RegExp) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(patternsOf) : []
}
const PATTERNS = new Map(PROFILED_BANKS.flatMap((bank) => patternsOf(profileOf(bank))).map((one) => [`${one}`, one]))
/** Each text as it is, and behind one of the beginnings in turn: all of both are there. */
const ENTERED = HOSTILE.flatMap((text, n) => [text, `${BEGINNINGS[n % BEGINNINGS.length]}${text}`])

describe('a text of 100 kB', () => {
  it.each(HOSTILE.map((text) => [JSON.stringify(text.slice(0, 20)), text] as const))(
    'of %s is read at once by the rules for all banks',
    (_, text) => {
      expect(read('ANY', text)).toBeLessThan(BOUND_MS)
    },
  )

  it.each([...PATTERNS.values()])('is looked through at once for %s', (pattern) => {
    const started = performance.now()
    for (const text of ENTERED) text.match(pattern)
    expect(performance.now() - started).toBeLessThan(BOUND_MS)
  })

  const mending = PROFILED_BANKS.filter((bank) => profileOf(bank).unicodeEscapes || profileOf(bank).brokenWords.length)
  it.each(mending)('is mended at once as for %s', (bank) => {
    for (const text of ['\\U00e', 'E n d - t o - ', 'End-to-End-Ref.: ']) {
      expect(read(bank, repeated(text))).toBeLessThan(BOUND_MS)
    }
  })

  it('is compared at once with another', () => {
    const similarity = textComparison()
    const started = performance.now()
    for (const text of HOSTILE) {
      similarity(
        { description: text, counterparty: null },
        { description: `b${text.slice(SIZE / 2)}`, counterparty: 'x' },
      )
    }
    expect(performance.now() - started).toBeLessThan(BOUND_MS)
  })

  it('is no amount, which is told at once', () => {
    const started = performance.now()
    for (const text of HOSTILE) expect(parseAmount(text, 'EUR')).toEqual({ ok: false, reason: 'amount_unparsable' })
    expect(performance.now() - started).toBeLessThan(BOUND_MS)
  })

  it('in an error’s words is understood at once', () => {
    const started = performance.now()
    for (const text of HOSTILE) {
      failureOf({ status: 400, headers: {}, body: { summary: text, detail: text } })
      failureOf({ status: 429, headers: {}, body: { summary: [text], detail: `in ${text}` } })
    }
    expect(performance.now() - started).toBeLessThan(BOUND_MS)
  })
})
