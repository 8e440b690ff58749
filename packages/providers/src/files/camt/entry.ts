import { parseAmount } from '../../money.ts'
import type { RawRow } from '../../normalise/fields.ts'
import { filled } from '../filled.ts'
import { at, many, type Node, textAt } from './node.ts'

export interface EntryRows {
  rows: RawRow[]
  /** Of an entry with several payments in it: whether it was taken apart. */
  batch: 'none' | 'split' | 'kept'
}

/**
 * One entry is one payment, unless it is a batch whose payments have amounts of their own that sum up to it: then these are
 * the payments.
 */
export function entryRows(entry: Node, accountCurrency: string | undefined): EntryRows {
  const details = many(entry, 'NtryDtls').flatMap((one) => many(one, 'TxDtls'))
  const base = entryFields(entry)
  const total = signedAmount(entry)
  if (details.length <= 1) {
    return { rows: [rowOf(base, total, details[0], entry, accountCurrency)], batch: 'none' }
  }
  const parts = details.map((one) => ({ one, money: signedAmount(one, entry) }))
  if (
    !addsUp(
      parts.map(({ money }) => money),
      total,
    )
  ) {
    return { rows: [rowOf(base, total, undefined, entry, accountCurrency)], batch: 'kept' }
  }
  // What names the entry names none of its parts.
  const { transactionId: _, entryReference: __, ...shared } = base
  return { rows: parts.map(({ one, money }) => rowOf(shared, money, one, entry, accountCurrency)), batch: 'split' }
}

export interface Signed {
  amount: string
  currency: string
}

/**
 * The amount with its sign. CdtDbtInd tells the way that the money went in this entry, of a reversal too: RvslInd says only
 * that an earlier one is taken back. Details without amount or direction of their own have neither.
 */
export function signedAmount(node: Node, parent?: Node): Signed {
  const stated = at(node, 'Amt') ?? at(node, 'AmtDtls', 'TxAmt', 'Amt')
  const amount = textAt(stated).replace(/^[+-]/, '')
  const currency = textAt(stated, '@Ccy')
  const way = textAt(node, 'CdtDbtInd') || (parent === undefined ? '' : textAt(parent, 'CdtDbtInd'))
  if (amount === '' || (way !== 'CRDT' && way !== 'DBIT')) return { amount: '', currency }
  return { amount: way === 'DBIT' ? `-${amount}` : amount, currency }
}

function addsUp(parts: readonly Signed[], total: Signed): boolean {
  const minor = ({ amount, currency }: Signed) => {
    const parsed = parseAmount(amount, currency)
    return parsed.ok && currency === total.currency ? parsed.amountMinor : undefined
  }
  const amounts = parts.map(minor)
  const sum = amounts.reduce<bigint>((all, one) => all + (one ?? 0n), 0n)
  return amounts.every((one) => one !== undefined) && sum === minor(total)
}

/** Until version 7 a bare code, then in an element of its own. */
export function statusOf(entry: Node): 'booked' | 'pending' | 'none' {
  const status = textAt(entry, 'Sts', 'Cd') || textAt(entry, 'Sts')
  if (status === 'PDNG') return 'pending'
  return status === 'INFO' || status === 'FUTR' ? 'none' : 'booked'
}

/** A day, or the day of a moment. */
export function dayAt(node: Node, name: string): string {
  return textAt(node, name, 'Dt') || textAt(node, name, 'DtTm').slice(0, 10)
}

function entryFields(entry: Node): RawRow {
  const booked = textAt(entry, 'BookgDt', 'DtTm')
  return filled({
    transactionId: textAt(entry, 'AcctSvcrRef'),
    entryReference: textAt(entry, 'NtryRef'),
    bookingDate: dayAt(entry, 'BookgDt'),
    // Midnight is how a day is written as a moment.
    bookingDateTime: /T00:00:00/.test(booked) ? '' : booked,
    valueDate: dayAt(entry, 'ValDt'),
  })
}

function rowOf(
  fields: RawRow,
  money: Signed,
  details: Node | undefined,
  entry: Node,
  accountCurrency: string | undefined,
): RawRow {
  const parties = at(details, 'RltdPties')
  const reference = at(details, 'Refs')
  const own = filled({
    transactionId: textAt(reference, 'AcctSvcrRef') || textAt(reference, 'TxId'),
    endToEndId: textAt(reference, 'EndToEndId'),
    mandateId: textAt(reference, 'MndtId'),
    checkId: textAt(reference, 'ChqNb'),
  })
  return {
    ...own,
    ...fields,
    transactionAmount: filled({ amount: money.amount, currency: money.currency }),
    ...filled({
      creditorName: nameOf(parties, 'Cdtr'),
      debtorName: nameOf(parties, 'Dbtr'),
      ultimateCreditor: nameOf(parties, 'UltmtCdtr'),
      ultimateDebtor: nameOf(parties, 'UltmtDbtr'),
      remittanceInformationStructured: textAt(details, 'RmtInf', 'Strd', 'CdtrRefInf', 'Ref'),
      additionalInformation: textAt(details, 'AddtlTxInf') || textAt(entry, 'AddtlNtryInf'),
    }),
    ...accountOf(parties, 'CdtrAcct', 'creditorAccount'),
    ...accountOf(parties, 'DbtrAcct', 'debtorAccount'),
    ...remittanceOf(details),
    ...codesOf(at(details, 'BkTxCd') ?? at(entry, 'BkTxCd')),
    ...exchangeOf(details, entry, money.currency || accountCurrency || ''),
  }
}

/** From version 8 on a party stands in an element of its own. */
function nameOf(parties: Node | undefined, role: string): string {
  return textAt(parties, role, 'Nm') || textAt(parties, role, 'Pty', 'Nm')
}

function accountOf(parties: Node | undefined, role: string, field: string): RawRow {
  const iban = textAt(parties, role, 'Id', 'IBAN')
  const other = textAt(parties, role, 'Id', 'Othr', 'Id')
  if (iban !== '') return { [field]: { iban } }
  return other === '' ? {} : { [field]: { bban: other } }
}

function remittanceOf(details: Node | undefined): RawRow {
  const lines = many(at(details, 'RmtInf'), 'Ustrd').map((line) => textAt(line))
  const said = lines.filter((line) => line !== '')
  return said.length === 0 ? {} : { remittanceInformationUnstructuredArray: said }
}

function codesOf(code: Node | undefined): RawRow {
  const domain = [
    textAt(code, 'Domn', 'Cd'),
    textAt(code, 'Domn', 'Fmly', 'Cd'),
    textAt(code, 'Domn', 'Fmly', 'SubFmlyCd'),
  ].filter((part) => part !== '')
  return filled({ bankTransactionCode: domain.join('-'), proprietaryBankTransactionCode: textAt(code, 'Prtry', 'Cd') })
}

/** What was instructed in another currency, with its rate. */
function exchangeOf(details: Node | undefined, entry: Node, currency: string): RawRow {
  for (const amounts of [at(details, 'AmtDtls'), at(entry, 'AmtDtls')]) {
    for (const kind of ['InstdAmt', 'TxAmt', 'CntrValAmt']) {
      const stated = at(amounts, kind)
      const foreign = textAt(at(stated, 'Amt'), '@Ccy')
      if (foreign === '' || foreign === currency) continue
      const rate = textAt(stated, 'CcyXchg', 'XchgRate') || textAt(amounts, 'TxAmt', 'CcyXchg', 'XchgRate')
      return {
        currencyExchange: [
          { instructedAmount: { amount: textAt(stated, 'Amt'), currency: foreign }, ...filled({ exchangeRate: rate }) },
        ],
      }
    }
  }
  return {}
}
