import type { Section } from '../identity/row.ts'

/** How one bank differs from the rules that hold for all: switches and patterns, never a payment's own values. */
export interface BankProfile {
  /** Which of the row's days is the payment's; first present wins. */
  dateOrder: readonly DateField[]
  /** The bank writes money out without a minus, money in with one. */
  flipSign: boolean
  /** Which of its ids the bank keeps unique: all cleaned ones of at least 6 characters, none, or those matching. */
  trustIds: boolean | RegExp
  /** Pending rows that hold only a filler text, so that they say nothing, are not taken. */
  skipPending: boolean
  /** A pending row without an id and with this text is money out, whatever its sign; the match is taken from its text. */
  pendingIsOut?: RegExp
  /** The amount that the account was charged stands in the text (group `amount`), in the account's currency. */
  billedAmount?: RegExp
  /** The payment's day stands in a text (groups `y`, `m`, `d`), for rows of these lists, before all other days or after them. */
  dayInText?: { from: TextSource; pattern: RegExp; sections: readonly Section[]; last?: boolean }
  /** The description begins with what this field says, or has it at its end. */
  additionalInformation: 'fallback' | 'first' | 'appended'
  /** Words that the bank breaks apart where a line ends: put together again. */
  brokenWords: readonly string[]
  /** Taken out of the description. */
  clutter: readonly RegExp[]
  /** `\Uxxxx` in texts stands for a character. */
  unicodeEscapes: boolean
  /** The counterparty in a text (group `name`) where no field names it; tried in this order. */
  party: readonly PartyPattern[]
}

/** `transactionDate`: not of GoCardless; the last that is looked at, whatever a profile says. */
export type DateField = 'bookingDate' | 'bookingDateTime' | 'valueDate' | 'valueDateTime'
export const LAST_DATE_FIELD = 'transactionDate'

/** The description; its single lines; or another field's text. */
export type TextSource = 'text' | 'lines' | 'additional' | 'structured'

export interface PartyPattern {
  from: TextSource
  pattern: RegExp
  /** Only for money that goes this way. */
  side?: 'in' | 'out'
  /** Before the row's own name fields, which this bank fills wrongly. */
  beforeNames?: boolean
}
