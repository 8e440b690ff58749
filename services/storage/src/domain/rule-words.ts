/** What an identity rule looked at, for the person whose payment it is. Rules of the lake's column `rule` (docs/lake.md). */
const words: Readonly<Record<string, string>> = {
  minted: 'No payment known so far is this row, so it is a new one.',
  iid: "The provider's own id and the amount are those of a payment known already.",
  tid: "The bank's id and the amount are those of a payment known already, at most 10 days apart.",
  fp: 'Day, amount, currency, counterparty and text are those of a payment known already; of equal ones each counts once.',
  vanish_appear:
    'A payment was no longer shown, and a row of its amount with a similar text appeared at most 5 days away: it is that payment.',
  pending_tid: "The bank's id and the amount are those of a pending payment: it is that one.",
  pending_fp: 'Day, amount, currency, counterparty and text are those of a pending payment: it is that one.',
  pending_similar: 'A pending payment of this amount and a similar text is gone: it was booked as this row.',
  pending_redated: 'A pending payment of this amount and text is shown under another day.',
  already_booked: 'The bank still lists as pending what it has booked.',
  absent: 'The bank was asked for these days and did not show it any more. It is kept and marked.',
  across_sources:
    'Another source told a payment of this amount and a similar text at most 3 days away: it is that one, said again.',
  same_words: 'The source says, word for word, what you once decided on.',
  rules_switched: 'Everything that was kept was read again by newer rules, after you had seen the difference.',
  user: 'You said so.',
}

/** Falls back on the rule's name: rules of before stay in the lake when they have left the code. */
export const wordsOfRule = (rule: string): string => words[rule] ?? `By rule ${rule}.`
