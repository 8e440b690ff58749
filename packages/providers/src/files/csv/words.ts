import type { ColumnRole } from './roles.ts'

/**
 * What banks call their columns: English, German, French, Spanish, Italian, Dutch, Polish. Compared without case and accents.
 * A role is believed only where the column's contents agree.
 */
export const roleWords: readonly { role: ColumnRole; words: RegExp }[] = [
  {
    role: 'value_date',
    words:
      /value date|^valuta(?:datum)?$|wertstellung|date (?:de )?valeur|fecha (?:de )?valor|data valuta|rentedatum|data waluty/,
  },
  {
    role: 'date',
    words:
      /^date$|^datum$|^data$|^fecha$|(?:booking|transaction|posting|posted|post|completed|processed|entry) date|date (?:booked|posted|processed)|^buchung|buchungs(?:tag|datum)|date (?:de l.?)?(?:operation|comptable|d.operation)|fecha (?:de )?(?:la )?(?:operacion|contable)|data (?:operazione|contabile|ksiegowania|operacji|transakcji)|(?:boek|boekings|transactie)datum/,
  },
  { role: 'time', words: /^(?:time|transaction time|uhrzeit|heure|hora|ora|tijd|godzina)$/ },
  {
    role: 'sign',
    words:
      /debit ?(?:\/|or|and) ?credit|credit ?(?:\/|or|and) ?debit|credit debit|dr ?\/ ?cr|cr ?\/ ?dr|d ?\/ ?c$|^af ?\/? ?bij$|^bij ?\/? ?af$|soll ?\/ ?haben|^s ?\/ ?h$|indicator|^direction$|^segno$|^sens$|^\+ ?\/ ?-$/,
  },
  {
    role: 'debit',
    words:
      /^debit|debit amount|paid out|money out|withdrawal|outflow|^out$|^soll|belastung|^cargos?$|^debe$|^addebiti|^dare$|^uscite$|^obciazeni|^af$/,
  },
  {
    role: 'credit',
    words:
      /^credit|credit amount|paid in|money in|deposit|inflow|^in$|^haben|gutschrift|^abonos?$|^haber$|^accrediti|^avere$|^entrate$|^uznani|^bij$/,
  },
  { role: 'balance', words: /balance|saldo|solde|kontostand/ },
  {
    role: 'amount',
    words:
      /^(?:(?:transaction )?amount|value|net amount|betrag|umsatz|montant|importe|importo|bedrag|kwota)(?: .*)?$|^(?:montant|importe|kwota) (?:de|operacji)/,
  },
  { role: 'currency', words: /^(?:currency(?: code)?|ccy|wahrung|waehrung|devise|divisa|moneda|valuta|munt|waluta)$/ },
  {
    role: 'account',
    words:
      /^(?:account|account number|iban|iban ?\/ ?bban|auftragskonto|konto|kontonummer|rekening(?:nummer)?|compte|numero de compte|cuenta|conto|rachunek)$/,
  },
  { role: 'sort_code', words: /^sort ?code$/ },
  { role: 'state', words: /^(?:state|status)$/ },
  {
    role: 'counterparty_account',
    words:
      /tegenrekening|partner iban|counterparty account|payee account|gegenkonto|iban (?:del )?(?:beneficiari|empf)/,
  },
  {
    role: 'counterparty',
    words:
      /payee|counter ?party|^name|merchant|beneficiary|empfanger|auftraggeber|beguenstigte|begunstigte|zahlungspflichtige|beneficiari|ordinante|^naam|tegenpartij|nadawca|odbiorca|contrepartie|^tiers/,
  },
  {
    role: 'id',
    words:
      /^(?:transaction id|transaction number|id|unique id|fitid|transaktionsnummer|transactiereferentie|numero operazione)$/,
  },
  {
    role: 'type',
    words: /^(?:type|transaction type|umsatzart|vorgang|mutatiesoort|tipo(?: .*)?|typ (?:operacji|transakcji))$/,
  },
  {
    role: 'description',
    words:
      /description|details|narrative|^memo|^reference|particulars|verwendungszweck|buchungstext|libelle|^nature|concepto|descripcion|descrizione|causale|omschrijving|mededelingen|^opis|^tytul|^text|^notes?\b/,
  },
]

/** Way of the money, as columns of their own say it. */
export const signWords: ReadonlyMap<string, 'in' | 'out'> = new Map([
  ...[
    'd',
    'dr',
    'debit',
    'dbit',
    'out',
    'af',
    's',
    'soll',
    'debet',
    'debito',
    'dare',
    '-',
    'withdrawal',
    'paid out',
    'uscita',
    'cargo',
  ].map((word) => [word, 'out'] as const),
  ...[
    'c',
    'cr',
    'credit',
    'crdt',
    'in',
    'bij',
    'h',
    'haben',
    'kredit',
    'credito',
    'avere',
    'a',
    '+',
    'deposit',
    'paid in',
    'entrata',
    'abono',
  ].map((word) => [word, 'in'] as const),
])

/** Whether a row is booked, still pending, or never became a payment. */
export const stateWords: ReadonlyMap<string, 'booked' | 'pending' | 'none'> = new Map([
  ...[
    'completed',
    'complete',
    'booked',
    'posted',
    'settled',
    'cleared',
    'gebucht',
    'umsatz gebucht',
    'comptabilise',
    'contabilizado',
    'contabilizzato',
  ].map((word) => [word, 'booked'] as const),
  ...['pending', 'authorised', 'authorized', 'vorgemerkt', 'umsatz vorgemerkt', 'en attente', 'pendiente'].map(
    (word) => [word, 'pending'] as const,
  ),
  ...['reverted', 'declined', 'failed', 'cancelled', 'canceled', 'rejected', 'abgelehnt', 'storniert'].map(
    (word) => [word, 'none'] as const,
  ),
])

export function wordKey(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ł/gi, 'l').replace(/\s+/g, ' ').trim().toLowerCase()
}
