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
