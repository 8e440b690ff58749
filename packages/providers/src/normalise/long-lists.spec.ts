import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { checkAnswer, neutralRowOf, normalise, type Payload, parsePayload, rawRowOf } from '../payload.ts'
import { checkLists, LongList, parseCut, parseWhole } from './long-lists.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const context = {
  institutionId: 'A_BANK',
  today: '2026-06-18',
  timeZone: 'Europe/London',
  currency: 'GBP',
  dateFrom: '2025-01-01',
}

/** What it gives, or the words with which it refuses. */
function outcomeOf<T>(work: () => T): { gives: T } | { refuses: string } {
  try {
    return { gives: work() }
  } catch (error) {
    return { refuses: String(error) }
  }
}

/** All of a cut text, as one tree. */
function joinedTree(bytes: Uint8Array, pieceBytes: number): unknown {
  const body = parseCut(bytes, pieceBytes)
  const joined = (value: unknown): unknown => {
    if (value instanceof LongList) return [...value]
    if (Array.isArray(value)) return value.map(joined)
    if (typeof value !== 'object' || value === null) return value
    for (const [key, held] of Object.entries(value)) {
      Object.defineProperty(value, key, { value: joined(held), writable: true, enumerable: true, configurable: true })
    }
    return value
  }
  const tree = joined(body)
  checkLists(body)
  return tree
}

/** Of an answer: what every function says of it that reads one. */
const readings = (body: () => Payload) => ({
  check: outcomeOf(() => checkAnswer('transactions', body())),
  rows: outcomeOf(() => normalise(body(), context)),
  raw: [0, 1, 5].map((index) => outcomeOf(() => rawRowOf(body(), index))),
  neutral: [0, 1, 5].map((index) => outcomeOf(() => neutralRowOf(body(), index))),
})

/** Both ways: the text as one tree, and cut into pieces of any size. */
function expectTheSame(bytes: Uint8Array, pieceBytes: number): void {
  const [joined, tree] = [outcomeOf(() => joinedTree(bytes, pieceBytes)), outcomeOf(() => parseWhole(bytes))]
  // Jest takes a field called `constructor` for the language's own.
  if (!isDeepStrictEqual(joined, tree)) expect(joined).toStrictEqual(tree)
  const whole = readings(() => parsePayload(bytes) as Payload)
  const cut = readings(() => parseCut(bytes, pieceBytes) as Payload)
  expect(cut.check).toStrictEqual(whole.check)
  expect(cut.rows).toStrictEqual(whole.rows)
  // A single row is read without its text being checked to its end: a text that is no JSON became nobody's rows.
  if ('gives' in whole.check) expect(cut).toStrictEqual(whole)
}

const piece = fc.integer({ min: 0, max: 40 })
const marks = ['"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', '\f', '0', '-', 'e', 'é', '\u2028', '\uFEFF', '😀']
const someText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...marks) }))
const row = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: fc.oneof(fc.constantFrom(...marks), fc.string({ maxLength: 1 })) }),
  fc.record(
    {
      transactionId: someText,
      entry_reference: someText,
      status: fc.constantFrom('BOOK', 'PDNG', 'CNCL', 'NEWS', 7),
      bookingDate: fc.constantFrom('2026-06-01', '2026-02-30', '2024-01-01T00:00:00Z', null),
      booking_date: fc.constant('2026-06-02'),
      credit_debit_indicator: fc.constantFrom('CRDT', 'DBIT', ''),
      transactionAmount: fc.record({
        amount: fc.constantFrom('-1.20', '1e3', 12.5, 'x'),
        currency: fc.constant('GBP'),
      }),
      transaction_amount: fc.record({ amount: fc.constantFrom('1.20', '-3'), currency: fc.constant('EUR') }),
      remittanceInformationUnstructured: someText,
    },
    { requiredKeys: [] },
  ),
)
const rows = fc.array(row, { maxLength: 8 })
const goCardless = fc.record(
  {
    transactions: fc.record({ booked: fc.oneof(rows, row), pending: fc.oneof(rows, row) }, { requiredKeys: [] }),
    last_updated: fc.constantFrom('2026-06-17T10:00:00Z', 5, null),
    pages: row,
  },
  { requiredKeys: ['transactions'] },
)
const enableBanking = fc.record({
  pages: fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.record({ transactions: rows, continuation_key: someText }) }, row),
    {
      maxLength: 3,
    },
  ),
})
/** Written with white space between, as some banks do. */
const answerText = fc
  .tuple(fc.oneof(goCardless, enableBanking, fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'))
  .map(([answer, space]) => JSON.stringify(answer, null, space))

describe('an answer whose lists are cut', () => {
  it('says what it says as one tree, wherever it is cut', () => {
    fc.assert(fc.property(answerText, piece, (text, pieceBytes) => expectTheSame(bytesOf(text), pieceBytes)))
  })

  it('is refused in the same words where anything of it is changed, left out or put in', () => {
    const change = fc.record({
      at: fc.nat(),
      drop: fc.integer({ min: 0, max: 3 }),
      put: fc.oneof(
        fc.constantFrom(...marks, ',,', '[]', '""', '"transactions":{"booked":[1]},', '\\u0000').map(bytesOf),
        fc.uint8Array({ maxLength: 3 }),
      ),
    })
    fc.assert(
      fc.property(answerText, fc.array(change, { minLength: 1, maxLength: 3 }), piece, (text, changes, pieceBytes) => {
        const bytes = changes.reduce((before, { at, drop, put }) => {
          const place = at % (before.length + 1)
          return Uint8Array.from([...before.subarray(0, place), ...put, ...before.subarray(place + drop)])
        }, bytesOf(text))
        expectTheSame(bytes, pieceBytes)
      }),
      { numRuns: 400 },
    )
  })

  const booked = (rows: string) => `{"transactions":{"booked":[${rows}]}}`
  it.each([
    ['an empty list', booked('')],
    ['nothing but blanks', booked(' \n\t\r ')],
    ['a blank that is none of JSON', booked('\f')],
    ['a comma behind the last row', booked('{"a":1},')],
    ['a comma before the first row', booked(',{"a":1}')],
    ['two commas', booked('{"a":1},,{"a":2}')],
    ['a comma alone', booked(',')],
    ['brackets in texts', booked('{"a":"]}[{\\"],"},"\\\\",{"b":"\\\\\\""}')],
    ['a list that is closed as an object', '{"transactions":{"booked":[1,2}}}'],
    ['an object that is closed as a list', booked('{"a":1]')],
    ['a bracket too many', '{"transactions":{"booked":[]}}}'],
    ['what follows it', '{"transactions":{"booked":[]}} x'],
    ['two documents', '}{'],
    ['a text without an end', '{"transactions":{"booked":["'],
    [
      'a name that comes twice, and is broken in the one that counts not',
      `{"transactions":{"booked":[1,x],"booked":[2]}}`,
    ],
    ['a name that comes twice', `{"transactions":{"booked":[1],"booked":[{"a":2},3]},"transactions":{"booked":[4]}}`],
    ['names of the language', `{"transactions":{"__proto__":[1],"booked":[{"__proto__":[2]}],"constructor":[3]}}`],
    ['a list in another place', `{"a":[[1]],"transactions":[{"booked":[1]}],"b":{"c":{"d":[1]}}}`],
    ['no rows, and a fault where nobody looks', `{"transactions":{"other":[1,]}}`],
    ['a mark of its encoding', `\uFEFF${booked('{"a":1}')}`],
    ['a mark of its encoding within', booked('1,\uFEFF2')],
    ['nesting without end', booked(`${'['.repeat(500)}${']'.repeat(500)}`)],
    ['numbers beyond a double', booked('123456789012345678901234567890.5,-0,1E400')],
    ['surrogates alone', booked('"\\ud800","\\udc00\\ud800"')],
    ['a bare list', '[{"transactions":[1]}]'],
    ['nothing', ''],
  ])('is the same with %s', (_, text) => {
    for (const pieceBytes of [0, 1, 7, 1 << 16]) expectTheSame(bytesOf(text), pieceBytes)
  })

  it('is the same where bytes are no UTF-8', () => {
    for (const odd of [[0xff], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) {
      const bytes = Uint8Array.from([...bytesOf('{"transactions":{"booked":["'), ...odd, ...bytesOf('","a"]}}')])
      for (const pieceBytes of [0, 1 << 16]) expectTheSame(bytes, pieceBytes)
    }
  })

  it('is the same for every acceptance case', () => {
    for (const file of ['gocardless-cases.json', 'our-cases.json']) {
      const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../../cases', file), 'utf8')) as {
        provider_payload: { syncs?: { response: unknown }[]; accounts?: { response: unknown }[] }
      }[]
      for (const { provider_payload: payload } of cases) {
        const told = [...(payload.syncs ?? []), ...(payload.accounts ?? [])].map(({ response }) => response)
        for (const body of [payload, ...told]) expectTheSame(bytesOf(JSON.stringify(body, null, 1)), 30)
      }
    }
  })
})

describe('a long list', () => {
  const list = () => {
    const body = parseCut(bytesOf('{"transactions":{"booked":[{"n":0},{"n":1},{"n":2},{"n":3}]}}'), 8)
    return (body as { transactions: { booked: LongList } }).transactions.booked
  }

  it('knows how many elements it has, and gives each by its number', () => {
    expect(list()).toHaveLength(4)
    expect([0, 3, 2, 4].map((index) => list().at(index))).toEqual([{ n: 0 }, { n: 3 }, { n: 2 }, undefined])
  })

  it('is read again and again', () => {
    const twice = list()
    expect([...twice]).toEqual([...twice])
  })
})
