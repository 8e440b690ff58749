import type { NormalisedRow, Section, StoredRow } from './row.ts'
import { hash64 } from './text.ts'

/** A row for specs: a value matters or is absent. */
export function row(over: Partial<NormalisedRow> = {}): NormalisedRow {
  const base = {
    ...{ index: 0, section: 'booked' as Section, date: '2025-03-10', amountMinor: -320n, currency: 'GBP' },
    ...{ description: 'GRIND COFFEE', counterparty: null, flags: [] },
    ...over,
  }
  const { date, amountMinor, currency, description, counterparty } = base
  const fp = `${date}|${amountMinor}|${currency}|${hash64(`${counterparty}|${description}`)}`
  const contentHash = hash64(JSON.stringify([fp, base.section, base.tid, base.iid, base.dateTime, base.flags]))
  return { ...base, flags: [...base.flags], fp, contentHash }
}

export function stored(transactionId: string, over: Partial<NormalisedRow> = {}, flags: string[] = []): StoredRow {
  const known = row(over)
  return { ...known, transactionId, status: known.section, flags }
}
