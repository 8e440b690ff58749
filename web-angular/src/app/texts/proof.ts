/** Of a proof that is looked into; the badge has its words in texts.ts. */
export const proofTexts = {
  /** Why nothing is proven, by the proof's reason (docs/proof.md). */
  why: {
    no_balance: 'The bank has stated no balance, so there is nothing to compare the rows with.',
    file_without_balance:
      'Its rows come from statement files that state no balance, so there is nothing to compare them with.',
    no_booked_balance: 'The bank states no booked balance that could be compared with the rows.',
    credit_limit_included: 'The balances that the bank states include a credit limit, so they say nothing of the rows.',
    one_balance: 'One balance is known so far. The next one tells whether the rows between explain it.',
    balance_ahead: 'The newest balance holds a payment that is still pending here. The next reading tells.',
    pending_included: 'The bank states only what is available, less what is pending: that proves nothing either way.',
  } as Readonly<Record<string, string>>,
  whyUnknown: 'Its balance has not been compared with its rows yet.',
  gapsTitle: 'Where the balance moved and the rows did not',
  within: (from: string, to: string) => (from === to ? `On ${from}` : `${from} to ${to}`),
  unexplained: 'unexplained',
  suspect: {
    missing: 'A row may be missing',
    doubled: 'A row may be here twice',
    changed: 'A row may have another amount',
    withdrawn: 'The bank may have taken a row back',
    booked_late: 'A row may be booked late',
  },
  shouldBe: (amount: string) => `${amount} would fit`,
  heldFits: 'a row that waits for you fits',
  unknown: 'Nothing that we know explains it.',
  more: (count: number) => (count === 1 ? 'And one more.' : `And ${count} more.`),
}
