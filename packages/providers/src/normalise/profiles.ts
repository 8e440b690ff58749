import type { BankProfile, DateField, PartyPattern } from './profile.ts'

type Profile = Partial<BankProfile>

const GENERIC: BankProfile = {
  dateOrder: ['bookingDate', 'bookingDateTime', 'valueDate', 'valueDateTime'],
  flipSign: false,
  trustIds: true,
  skipPending: false,
  additionalInformation: 'fallback',
  brokenWords: [],
  clutter: [],
  unicodeEscapes: false,
  party: [],
}

/** `bookingDate` is the booking run's day, the payment's own stands in the value date (gocardless.md §5 #19). */
const VALUE_DATE_FIRST: readonly DateField[] = ['valueDate', 'valueDateTime', 'bookingDate', 'bookingDateTime']

const named = (from: PartyPattern['from'], pattern: RegExp, more: Partial<PartyPattern> = {}): PartyPattern => ({
  from,
  pattern,
  ...more,
})

/** Savings banks put half of the text into additionalInformation. */
const SAVINGS_BANK: Profile = { additionalInformation: 'appended' }

/** Cards of SEB Kort: what was bought is a positive amount, and the shop stands in additionalInformation (§5 #17). */
const SEB_KORT: Profile = {
  flipSign: true,
  party: [named('additional', /^(?<name>.+)$/, { beforeNames: true })],
}

/** Only additionalInformation says anything (banks on the BEC back end). */
const BEC: Profile = { additionalInformation: 'first' }

/** Fields of additionalInformation, `key: value` each: the shop of a card payment, or the first part of the narrative. */
const BNP_BELGIUM: Profile = {
  party: [
    named('additional', /(?:^|, )atmPosName: (?<name>[^,]+)/),
    named('additional', /(?:^|, )narrative: \[\s*'(?<name>[^']+)'/),
  ],
}

/** Money out: the name stands before what kind of payment it was. */
const kbcGroup = (kinds: string): Profile => ({
  party: [named('text', new RegExp(`^(?<name>.+) (?:${kinds})(?: |$)`), { side: 'out' })],
})

/** A pending row without a date has one in its structured text (§5 #20). */
const NORWEGIAN: Profile = {
  dayInText: {
    from: 'structured',
    pattern: /(?:^| )(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?: |$)/,
    sections: ['pending'],
    last: true,
  },
}

const ABANCA: Profile = { party: [named('structured', /^(?<name>.+)$/, { beforeNames: true })] }

const all = (ids: string, profile: Profile): [string, Profile][] => ids.split(' ').map((id) => [id, profile])

/**
 * Banks whose rows are known to differ: gocardless.md §5 (numbers) and §10, which reads the bank modules of
 * `packages/sync-server/src/app-gocardless/banks/` of Actual Budget. Descriptions keep the bank's words but for clutter.
 */
const PROFILES: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  // §10 abanca_caglesmm: name fields are filled wrongly, the structured text has the name.
  ...all('ABANCA_CAGLESMM ABANCA_CAGLPTPL ABANCA_CORP_CAGLPTPL', ABANCA),
  // §10 abnamro_abnanl2a: local time of the payment; `CCV*Shop,PAS221` is a line of its own.
  [
    'ABNAMRO_ABNANL2A',
    {
      dateOrder: ['valueDateTime', 'bookingDate', 'bookingDateTime', 'valueDate'],
      party: [named('lines', /^(?:[^*]*\*)?(?<name>[^*]+),PAS\d+$/)],
    },
  ],
  // §10 alior_albpplpw: a card payment without creditorName.
  ['ALIOR_ALBPPLPW', { party: [named('text', /^Transakcja kartą [^,]*,\s*(?<name>.+)$/i, { side: 'out' })] }],
  // §10 bank_of_ireland_b365: the kind of payment stands around the name.
  [
    'BANK_OF_IRELAND_B365_BOFIIE2D',
    {
      clutter: [/^(?:POS)?C?\d{1,2}[A-Z]{3}(?= )/, /\bSEPA DD$/i, /^365 ONLINE\b/i, /^CRV\*/],
      party: [],
    },
  ],
  // §10 bankinter: field marks inside texts.
  ['BANKINTER_BKBKESMM', { clutter: [/\/Txt\/(?:\w\|)?/gi, /;/g] }],
  // §5 #4, §10 belfius: one transactionId on several rows.
  ['BELFIUS_GKCCBEBB', { trustIds: false }],
  // §10 berliner_sparkasse, spk_karlsruhe, ssk_munchen.
  ...all('BERLINER_SPARKASSE_BELADEBEXXX SPK_KARLSRUHE_KARSDE66XXX SSK_MUNCHEN_SSKMDEMMXXX', SAVINGS_BANK),
  // §10 bnp_be.
  ...all('BNP_BE_GEBABEBB FINTRO_BE_GEBABEBB HELLO_BE_GEBABEBB', BNP_BELGIUM),
  // §10 boursobank: the kind of payment stands before the name, whichever line it is in.
  [
    'BOURSORAMA_BOUSFRPP',
    {
      party: [
        named('lines', /^CARTE \d{2}\/\d{2}\/\d{2} (?<name>[^*\\]+?)(?: \d+)?(?: CB\*.*|\\.*)?$/),
        named('lines', /^AVOIR \d{2}\/\d{2}\/\d{2} (?<name>[^*\\]+?)(?: CB\*.*|\\.*)?$/),
        named('lines', /^VIR INST (?<name>[^\\]+)/),
        named('lines', /^(?:PRLV|VIR) SEPA (?<name>[^\\]+)/),
      ],
    },
  ],
  // §10 bper_retail: card, transfer (`o/c:` the payer), direct debit, payment slip.
  [
    'BPER_RETAIL_BPMOIT22',
    {
      party: [
        named('text', /^PAGAMENTO SU CIRCUITO INTERNAZIONALE (?<name>.+?)(?: ?Operazione carta|$)/),
        named(
          'text',
          /^BONIFIC.*?\bo\/c: ?(?<name>[^:]+?) ?(?:\bABI\b|\bBIC\b|\bIBAN\b|\ba favore di\b|\bNum\b|\bEUR\b|:|$)/i,
        ),
        named('text', /^ADDEBITO SDD (?<name>[^:]+?) ?(?:\bN:|\bID:|$)/i),
        named('text', /^.*?CREDITORE: ?(?<name>[^:]+)/),
      ],
    },
  ],
  // §10 cbc, kbc.
  ['CBC_CREGBEBB', kbcGroup('Paiement|Domiciliation|Transfert|Ordre permanent')],
  ['KBC_KREDBEBB', kbcGroup('Betaling met|Domiciliëring|Overschrijving')],
  // §5 #17, §10 cetelem: signs the other way round.
  ['CETELEM_CETMPTP1XXX', { flipSign: true }],
  // §10 commerzbank_cobadeff: lines end inside words, and the reference is told even where there is none.
  [
    'COMMERZBANK_COBADEFF',
    {
      brokenWords: [
        'End-to-End-Ref.:',
        'Mandatsref:',
        'Gläubiger-ID:',
        'SEPA-BASISLASTSCHRIFT',
        'Kartenzahlung',
        'Dauerauftrag',
      ],
      clutter: [/,? ?End-to-End-Ref\.: ?NOTPROVIDED/gi],
    },
  ],
  // §10 danskebank_privat.
  ...all('DANSKEBANK_DABANO22 DANSKEBANK_PRIVAT_DABADKKK DANSKEBANK_DABADKKK', {
    clutter: [/\bEndToEndID: NOTPROVIDED\b/g],
  }),
  // §10 easybank: the shop stands between the time and two backslashes.
  ['EASYBANK_BAWAATWW', { party: [named('structured', /\d{2}\.\d{2}\. \d{2}:\d{2}(?<name>[^\\]+)\\\\/)] }],
  // §5 #18, §10 entercard: transactionAmount is the foreign one; the value date is the purchase's.
  [
    'ENTERCARD_SWEDNOKK',
    { dateOrder: VALUE_DATE_FIRST, billedAmount: /^billingAmount: ?(?<amount>[-+\d., \u2212]+)$/ },
  ],
  // §5 #19, #28, §10 hype.
  [
    'HYPE_HYEEIT22',
    {
      dateOrder: VALUE_DATE_FIRST,
      unicodeEscapes: true,
      party: [
        named('text', /^PAGAMENTO PRESSO (?<name>.+)$/),
        named('text', /^(?:DENARO|HAI) (?:INVIATO|RICEVUTO)(?: UN BONIFICO)? (?:A|DA) (?<name>[^-]+) - /),
      ],
    },
  ],
  // §10 ing_ingddeff: only what follows is the text.
  ['ING_INGDDEFF', { clutter: [/^.*remittanceinformation:/i] }],
  // §5 #19, §10 ing_pl, isybank, mbank.
  ...all('ING_PL_INGBPLPW ISYBANK_ITBBITMM MBANK_RETAIL_BREXPLPW', { dateOrder: VALUE_DATE_FIRST }),
  // §5 #20, §10 lhv: `(..1234) 2025-01-02 09:32 Shop\Street\Town`; pending rows keep their own day.
  [
    'LHV_LHVBEE22',
    {
      dayInText: {
        from: 'text',
        pattern: /^\(\.\.\d{4}\) (?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2}) /,
        sections: ['booked'],
      },
      party: [named('text', /^\(\.\.\d{4}\) \d{4}-\d{2}-\d{2} \d{2}:\d{2} (?<name>[^\\]+)/)],
    },
  ],
  // §5 #7, §10 nationwide: ids of 32 characters (accounts) or 40 (cards).
  ['NATIONWIDE_NAIAGB21', { trustIds: /^(?!00(?:DEBIT|CREDIT))(?:.{32}|.{40})$/ }],
  // §5 #13, §10 nbg: pending purchases lack the minus and have a word before the booked text.
  ['NBG_ETHNGRAAXXX', { pendingIsOut: /^ΑΓΟΡΑ / }],
  // §5 #20, §10 norwegian.
  ...all(
    'NORWEGIAN_NO_NORWNOK1 NORWEGIAN_SE_NORWNOK1 NORWEGIAN_DE_NORWNOK1 NORWEGIAN_DK_NORWNOK1 NORWEGIAN_ES_NORWNOK1 NORWEGIAN_FI_NORWNOK1',
    NORWEGIAN,
  ),
  // §10 raiffeisen_at: the shop, cut at twelve characters, stands before the terminal's number and the moment.
  ['RAIFFEISEN_AT_RZBAATWW', { party: [named('structured', /^(?<name>.{1,12}) \d{4} .*\d{2}\.\d{2}\. \d{2}:\d{2}/)] }],
  // §10 revolut_revolt21.
  ['REVOLUT_REVOLT21', { party: [named('lines', /^Bizum payment (?:from|to): (?<name>.+)$/)] }],
  // §5 #17, §10 seb_kort_bank_ab.
  ...all(
    'SEB_KORT_AB_NO_SKHSFI21 SEB_KORT_AB_SE_SKHSFI21 SEB_CARD_ESSESESS NORDIC_CHOICE_CLUB_NO_SKHSFI21 NORDIC_CHOICE_CLUB_SE_SKHSFI21 EUROCARD_SE_SKHSFI21 EUROCARD_DK_SKHSFI21 EUROCARD_FI_SKHSFI21 EUROCARD_NO_SKHSFI21 GLOBECARD_DK_SKHSFI21 GLOBECARD_NO_SKHSFI21 OPEL_MASTERCARD_SKHSFI21 SAAB_MASTERCARD_SKHSFI21 SAS_MASTERCARD_NO_SKHSFI21 SAS_MASTERCARD_SE_SKHSFI21 SAS_MASTERCARD_FI_SKHSFI21 SAS_MASTERCARD_DK_SKHSFI21 SJ_PRIO_MASTERCARD_SKHSFI21 CIRCLE_K_MASTERCARD_NO_SKHSFI21 CIRCLE_K_MASTERCARD_SE_SKHSFI21 CIRCLE_K_MASTERCARD_DK_SKHSFI21 WALLET_SKHSFI21 INGO_MASTERCARD_SKHSFI21 SCANDIC_SKHSFI21',
    SEB_KORT,
  ),
  // §10 seb_privat: the name as on its cards, the sign as everywhere.
  ['SEB_ESSESESS_PRIVATE', { party: SEB_KORT.party ?? [] }],
  // §10 sparnord.
  ...all('SPARNORD_SPNODK22 LAGERNES_BANK_LAPNDKK1 ANDELSKASSEN_FALLESKASSEN_FAELDKK1', BEC),
  // §5 #14, §10 ssk_dusseldorf: pending rows hold a filler text.
  ['SSK_DUSSELDORF_DUSSDEDDXXX', { ...SAVINGS_BANK, skipPending: true }],
  // §5 #20, §10 swedbank_habalv22: `PIRKUMS <card> dd.mm.yyyy …` (booked), `… dd.mm.yy hh:mm …` (pending).
  [
    'SWEDBANK_HABALV22',
    {
      dayInText: {
        from: 'text',
        pattern: /^PIRKUMS [\d*]+ (?<d>\d{2})\.(?<m>\d{2})\.(?<y>\d{4})(?: |$)/,
        sections: ['booked', 'pending'],
      },
      party: [
        named('text', /^PIRKUMS [\d*]+ \d{2}\.\d{2}\.\d{2,4}(?: \d{2}:\d{2})? [\d.]+ [A-Z]{3} \(\d+\) (?<name>.+)$/),
      ],
    },
  ],
  // §5 "UK banks in short", §10 virgin_nrnbgb22: `FPS, payee, ref`, `Card 11, payee`.
  [
    'VIRGIN_NRNBGB22',
    {
      party: [named('text', /^(?:FPS|MOB|(?:Card|WLT) \d+), (?<name>.+?)(?:, |$)/)],
    },
  ],
])

/** The ids of all of them. */
export const PROFILED_BANKS: readonly string[] = [...PROFILES.keys()]

/** How the bank with this id differs; an id that nobody knows is read by the rules for all. */
export function profileOf(institutionId: string): BankProfile {
  return { ...GENERIC, ...PROFILES.get(institutionId) }
}
