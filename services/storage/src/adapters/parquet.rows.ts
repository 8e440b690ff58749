import type { LakeDataset } from '../domain/lake.ts'

/** For specs: every kind of column, with values at the edges. */
export const everyKind = {
  name: 'observations',
  version: 1,
  columns: {
    a_text: 'text',
    a_text_or_null: 'text?',
    an_id: 'id?',
    a_counter: 'counter',
    an_integer: 'integer',
    a_bigint: 'bigint?',
    a_decimal: 'decimal',
    a_date: 'date?',
    an_instant: 'instant?',
    a_boolean: 'boolean?',
  },
} as const satisfies LakeDataset

export const everyKindRows = [
  {
    a_text: 'Café – 日本 🧾',
    a_text_or_null: null,
    an_id: '0193-é',
    a_counter: 1n,
    an_integer: -7,
    a_bigint: -9_007_199_254_740_993n,
    a_decimal: -12_345_678_901_234_567_890n,
    a_date: '1969-12-31',
    an_instant: '2026-03-29T00:59:59.123456Z',
    a_boolean: true,
  },
  {
    a_text: '',
    a_text_or_null: 'x',
    an_id: null,
    a_counter: 2n,
    an_integer: 2_147_483_647,
    a_bigint: null,
    a_decimal: 1n,
    a_date: null,
    an_instant: null,
    a_boolean: null,
  },
  {
    a_text: "O'Neil",
    a_text_or_null: '',
    an_id: '',
    a_counter: 9_223_372_036_854_775_807n,
    an_integer: 0,
    a_bigint: 9_223_372_036_854_775_807n,
    a_decimal: 123_400n,
    a_date: '2024-02-29',
    an_instant: '1970-01-01T00:00:00Z',
    a_boolean: false,
  },
]

const dayMs = 86_400_000

/** More than a row group of them: runs, gaps, repeats and values that are all different, in every kind of column. */
export const manyRows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    a_text: ['TESCO', 'Café – 日本 🧾', `only ${n}`][n % 7 === 0 ? 2 : n % 2] ?? '',
    a_text_or_null: n % 3 === 0 || (n > 100 && n < 900) ? null : `text ${n % 300}`,
    an_id: n % 11 === 0 ? null : `id-${n}-${'x'.repeat(n % 5)}`,
    a_counter: BigInt(n * 3),
    an_integer: n % 1000 === 999 ? -n : n,
    a_bigint: n % 2 === 0 ? null : BigInt(n) * -1_234_567_890_123n,
    a_decimal: BigInt(n - 50) * 98_765_432_109_876n,
    a_date: new Date(1_600_000_000_000 + Math.floor(n / 50) * dayMs).toISOString().slice(0, 10),
    an_instant: n % 5 === 0 ? null : new Date(1_600_000_000_000 + n * 997).toISOString(),
    a_boolean: n % 4 === 0 ? null : n % 3 === 0,
  }))
