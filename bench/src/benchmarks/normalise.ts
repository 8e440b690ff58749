/**
 * The rules alone, on one core: parsed rows normalised and matched against a history of 200,000 rows, and what 100 new rows
 * cost against histories of 10,000, 200,000 and 1,000,000 rows of the same ten years. No system runs: the rows are made
 * here, as a bank words them, since the sandbox bank keeps at most 100,000 in an account. Every payment's decision is
 * compared with the truth before a time is printed.
 */
import {
  type Decision,
  decideIdentity,
  type NormalisedRow,
  normalise,
  RowIndex,
  type StoredRow,
} from '@pf/providers/rules'
import { type Line, quantile, report } from '../report.ts'

const HISTORY = 200_000
const ANSWERS = 50
const RUNS = 7
const NEW_ROWS = 100
const NEW_RUNS = 200
const WARM_UP = 50
const SIZES = [10_000, 200_000, 1_000_000]

const FIRST_DAY = Date.UTC(2015, 2, 15)
const DAYS = 3650
const TODAY = dayAt(DAYS)
const context = {
  institutionId: 'UNKNOWN_BANK',
  today: TODAY,
  timeZone: 'Europe/London',
  currency: 'GBP',
  ownerName: 'Rowan Penhale',
}

function dayAt(offset: number): string {
  return new Date(FIRST_DAY + offset * 86_400_000).toISOString().slice(0, 10)
}

/** mulberry32: the same rows on every machine. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const SYLLABLES = 'bar cel dun fen gor hal kes lin mor nor pen ris sol tam ver wyn'.split(' ')
const TRADES = 'Stores,Cafe,Garage,Pharmacy,Books,Rail,Energy,Café & Söhne,Insurance,Bakery'.split(',')

/** A row as it stands on the wire; a third of them has no bank id, half a time of day, some a foreign amount. */
function wireRow(n: number, day: string, random: () => number): object {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const shop = `${pick(SYLLABLES)}${pick(SYLLABLES)}${pick(SYLLABLES)} ${pick(TRADES)}`
  const out = random() < 0.9
  const amount = `${out ? '-' : ''}${(random() * 300 + 0.01).toFixed(2)}`
  const hex = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const clock = `${String(Math.floor(random() * 24)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}:11.204Z`
  return {
    ...(n % 3 === 0 ? {} : { transactionId: `${day.replaceAll('-', '')}${String(n).padStart(9, '0')}-1` }),
    internalTransactionId: hex() + hex() + hex() + hex(),
    bookingDate: day,
    valueDate: day,
    ...(n % 2 === 0 ? { bookingDateTime: `${day}T${clock}` } : {}),
    transactionAmount: { amount, currency: 'GBP' },
    ...(n % 4 === 0 ? {} : out ? { creditorName: shop } : { debtorName: shop }),
    ...(n % 5 === 0
      ? { remittanceInformationUnstructuredArray: [shop.toUpperCase(), `REF ${n % 9973}`] }
      : { remittanceInformationUnstructured: `${shop.toUpperCase()}  LONDON GB ${n % 977}` }),
    ...(n % 40 === 0
      ? { currencyExchange: [{ exchangeRate: '1.08', instructedAmount: { amount: '25.38', currency: 'USD' } }] }
      : {}),
    proprietaryBankTransactionCode: 'POS',
  }
}

/** The bytes of an answer with `count` rows, evenly spread over the days before `today`. */
function answerOf(count: number, seed: number, firstDay = 0, days = DAYS): Uint8Array {
  const random = randomOf(seed)
  const booked = Array.from({ length: count }, (_, n) =>
    wireRow(seed * 2_000_003 + n, dayAt(firstDay + Math.floor((n * days) / count)), random),
  )
  return new TextEncoder().encode(JSON.stringify({ transactions: { booked }, last_updated: `${TODAY}T06:00:00Z` }))
}

const parsed = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
const asStored = (row: NormalisedRow, n: number): StoredRow => ({
  ...row,
  transactionId: `t${n}`,
  status: row.section,
})

/**
 * `count` known rows over all days, as many answers as the throughput's told them. Copies are kept, as storage keeps its own:
 * were each answer's rows kept themselves, the engine would learn to place all rows among what lives long.
 */
function historyOf(count: number): StoredRow[] {
  const days = DAYS / ANSWERS
  const each = count / ANSWERS
  return Array.from({ length: ANSWERS }, (_, part) => {
    const { rows } = normalise(parsed(answerOf(each, part + 1, part * days, days)), context)
    return rows.map((row, n) => asStored(row, part * each + n))
  }).flat()
}

function expectAll(decisions: readonly Decision[], count: number, isRight: (decision: Decision, n: number) => boolean) {
  const wrong = decisions.findIndex((decision, n) => !isRight(decision, n))
  if (decisions.length !== count || wrong !== -1) {
    throw new Error(`Decision ${wrong} of ${decisions.length} (${count} expected) is wrong: no time is worth telling.`)
  }
}

/** Processor time of all threads, so that the collector's helpers count and neighbours on the machine do not. */
function timed<T>(work: () => T): { ms: number; result: T } {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000, result }
}

const median = (samples: readonly number[]) => quantile(samples, 0.5)
const perSecond = (ms: number) => Math.round(HISTORY / (ms / 1000)).toLocaleString('en')

/** The whole history delivered again in `ANSWERS` answers, each with the bank's own window; one row in a hundred reworded. */
function throughput(history: StoredRow[]): Line[] {
  const index = new RowIndex(history)
  const days = DAYS / ANSWERS
  const answers = Array.from({ length: ANSWERS }, (_, part) => answerOf(HISTORY / ANSWERS, part + 1, part * days, days))
  const samples = { parse: [] as number[], read: [] as number[], match: [] as number[] }
  for (let run = 0; run <= RUNS; run++) {
    const sums = { parse: 0, read: 0, match: 0 }
    for (const [part, bytes] of answers.entries()) {
      const { ms: parse, result: body } = timed(() => parsed(bytes))
      reword(body)
      const { ms: read, result: answer } = timed(() => normalise(body, context))
      const window = { from: dayAt(part * days), to: dayAt((part + 1) * days - 1) }
      const { ms: match, result } = timed(() =>
        decideIdentity(index.relevantTo(answer.rows, window), answer.rows, window, () => 'new'),
      )
      const first = (part * HISTORY) / ANSWERS
      expectAll(result.decisions, HISTORY / ANSWERS, ({ transactionId, kind }, n) => {
        return transactionId === `t${first + n}` && kind === (isReworded(n) ? 'changed' : 'unchanged')
      })
      sums.parse += parse
      sums.read += read
      sums.match += match
    }
    // The first run warms the machine up.
    if (run > 0) for (const step of ['parse', 'read', 'match'] as const) samples[step].push(sums[step])
  }
  const [parse, read, match] = [median(samples.parse), median(samples.read), median(samples.match)]
  const ms = (value: number) => `${value.toFixed(0)} ms`
  return [
    { what: 'parsed rows a second, normalised and matched', measured: perSecond(read + match), target: '≥ 200,000' },
    { what: '200,000 rows normalised', measured: ms(read), target: '' },
    { what: '200,000 rows matched with 200,000 known ones', measured: ms(match), target: '' },
    { what: 'for comparison, not counted above: JSON.parse of them', measured: ms(parse), target: '' },
  ]
}

const isReworded = (n: number) => n % 100 === 51

function reword(body: Record<string, unknown>): void {
  const { booked } = body['transactions'] as { booked: Record<string, unknown>[] }
  for (const [n, row] of booked.entries()) if (isReworded(n)) row['remittanceInformationUnstructured'] = 'Reworded'
}

/** What one answer of 100 new rows costs, rows of the last day of a history of `size`. */
function newRows(size: number): { p50: number; p99: number; build: number } {
  const history = historyOf(size)
  const { ms: build, result: index } = timed(() => new RowIndex(history))
  const window = { from: dayAt(DAYS), to: TODAY }
  const samples: number[] = []
  for (let run = 0; run < NEW_RUNS + WARM_UP; run++) {
    const body = parsed(answerOf(NEW_ROWS, 1000 + run, DAYS, 1))
    const { ms, result } = timed(() => {
      const { rows } = normalise(body, context)
      return decideIdentity(index.relevantTo(rows, window), rows, window, () => `new-${run}`)
    })
    if (run >= WARM_UP) samples.push(ms)
    expectAll(result.decisions, NEW_ROWS, ({ kind }) => kind === 'new')
  }
  return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99), build }
}

const lines = throughput(historyOf(HISTORY))
const costs = SIZES.map((size) => ({ size, ...newRows(size) }))
const smallest = costs[0]?.p50 ?? Number.NaN
for (const { size, p50, p99, build } of costs) {
  lines.push({
    what: `100 new rows against ${size.toLocaleString('en')}, p50 / p99 / × of the smallest history`,
    measured: `${p50.toFixed(2)} / ${p99.toFixed(2)} ms / ${(p50 / smallest).toFixed(2)}`,
    target: '≤ 1.3 ×',
  })
  lines.push({
    what: `index of ${size.toLocaleString('en')} rows, once`,
    measured: `${build.toFixed(0)} ms`,
    target: '',
  })
}
report('normalise', `${DAYS} days of made-up rows in one account, seed 1; processor time of all threads`, lines)
