import { texts } from '../texts.ts'

const count = new Intl.NumberFormat()
const notRead = (n: number) => (n === 1 ? 'One account is not read' : `${n} accounts are not read`)

export const connectionsTexts = {
  title: texts.nav.connections,
  add: 'Add',
  addBank: 'Add a bank',
  addFile: 'Statement file',
  summary: (n: number) => `${n} ${n === 1 ? 'connection' : 'connections'}`,
  endsSoon: (n: number) => `${n} ${n === 1 ? 'ends' : 'end'} soon`,
  failedCount: (n: number) => `${n} failed`,
  empty: 'No banks yet. Look around with a demo bank, or connect yours.',
  statuses: {
    pending: 'Waiting for you',
    active: 'Active',
    expiring: 'Ends soon',
    expired: 'Consent ended',
    failed: 'Failed',
    revoked: 'Removed',
  },
  syncFailed: 'Sync failed',
  accounts: (n: number) => `${n} ${n === 1 ? 'account' : 'accounts'}`,
  invented: (n: number) => `${n} invented ${n === 1 ? 'account' : 'accounts'}`,
  lastRead: (when: string) => `last read ${when}`,
  next: (when: string) => `next ${when}`,
  reading: 'reading now',
  daysLeft: (n: number) => (n <= 0 ? 'Ends today' : `${n} ${n === 1 ? 'day' : 'days'} left`),
  ended: 'Ended',
  endsOn: (day: string) => `ends ${day}`,
  endedOn: (day: string) => `ended ${day}`,
  given: (day: string, days: number) => `given ${day} for ${days} days`,
  quota: 'Calls to the bank left today',
  scopes: { transactions: 'Transactions', balances: 'Balances', details: 'Details' },
  eachAccount: 'each account',
  toDashboard: 'Go to the dashboard',
  proven: (account: string, day: string) =>
    `${account} carries our badge: every balance that the bank stated up to ${day} is explained to the penny by the rows before it.`,
  seeProof: 'See the proof',
  demoBank: 'See the demo bank',
  left: (remaining: number, limit: number) => `${remaining} of ${limit} left`,
  comesBack: (when: string) => `The first comes back ${when}; failed calls count too.`,
  syncNow: 'Sync now',
  from: (when: string) => `from ${when}`,
  restsUntil: (when: string) => `from ${when}: the bank had trouble and is left alone until then`,
  renew: 'Renew',
  goOn: 'Go on at the bank',
  nextDay: 'Next day',
  rename: 'Rename',
  remove: 'Remove',
  menu: (bank: string) => `Rename or remove ${bank}`,
  demoText:
    'A household that does not exist, at a bank that behaves like a real one. Its money leaves your totals as soon as a real account is there.',
  reconfirmText: (day: string) =>
    `The bank wants you to confirm that we may go on reading. Confirm by ${day} and no day goes missing.`,
  reconfirm: 'Confirm',
  pendingText: 'The bank has not confirmed your consent yet. Go on there, or remove this attempt.',
  expiredText: 'The consent has ended. Your rows stay; new ones wait until you renew.',
  revokedText: 'The consent was ended at the bank. The rows that you kept stay.',
  staleText: (day: string) =>
    `The bank has given nothing new since ${day}. It answers, but with old data; what came later is not here yet.`,
  missedText: (days: string, accounts: readonly string[]) =>
    `${days}: these days could not be fetched${accounts.length > 0 ? ` for ${accounts.join(', ')}` : ''}. The bank does not tell so far back any more.`,
  missedImport: 'Import a statement for these days',
  leftOut: {
    account_ambiguous: (n: number) =>
      `${notRead(n)}: what the bank says fits two of your accounts, and we never join two histories on a guess.`,
    account_unidentified: (n: number) =>
      `${notRead(n)}: the bank does not say which of your accounts it is, and we never open one twice on a guess.`,
    account_details_unavailable: (n: number) =>
      `${notRead(n)} yet: the bank does not describe it at present. Renew the connection to try again.`,
    account_currency_unknown: (n: number) => `${notRead(n)}: the bank does not say in which currency it is.`,
  },
  failedText: (detail: string) => `${detail} Nothing you have is lost.`,
  offlineHint: 'You are offline.',
  outcomes: {
    linked: (bank: string) => `${bank} is connected. Its rows are arriving; you can watch or go on.`,
    failed: (bank: string, why: string) =>
      `${bank} did not connect. ${why} Nothing was changed; try again when you like.`,
    cancelled: (bank: string) => `You left ${bank}’s page without allowing access. Nothing was changed.`,
    no_accounts: (bank: string) => `${bank} shared no account. Connect it again and choose at least one there.`,
    sign_in: (bank: string) => `You came back from ${bank} on another device. We are confirming that it was you.`,
    not_yours: () => 'Somebody else began this connection, so it was not linked to you. Nothing was changed.',
    unknown: () => 'We do not know this return from a bank. It may be too old; begin again when you like.',
    pending: (bank: string, why: string) =>
      why
        ? `${bank} cannot be read yet. ${why}`
        : `${bank} has not confirmed your consent yet. Go on there again, or remove the attempt below.`,
    bank: 'The bank',
  },
  renamed: (before: string, now: string) => `${before} is called ${now} now.`,
  renameTitle: (bank: string) => `Rename ${bank}`,
  nameLabel: 'Name',
  nameHint: 'Up to 100 characters',
  removeTitle: (bank: string) => `Remove ${bank}?`,
  removeText: 'We end the consent at the bank.',
  removeHistory: 'What becomes of the history',
  keepHistory: 'Keep the history: accounts and rows stay as they are',
  eraseHistory: 'Erase everything of this bank',
  eraseWords:
    'Its accounts go with all their rows, balances and the statement files brought into them, within a minute, in every copy that we keep. Accounts that another bank connection still shows stay. This cannot be taken back.',
  removeAndErase: 'Remove and erase',
  removeAttempt: 'This attempt has no rows yet. We end it at the bank.',
  logoOf: (bank: string) => `Logo of ${bank}`,
}

export const addBankTexts = {
  title: texts.titles.addBank,
  back: 'Connections',
  country: 'Country',
  search: 'Bank',
  searchHint: 'Name or BIC',
  list: 'Banks',
  found: (n: number) => `${count.format(n)} ${n === 1 ? 'bank' : 'banks'}`,
  history: (days: number, consent: number) => `up to ${days} days back, consent for ${consent} days`,
  none: (q: string, country: string) => `No bank in ${country} matches “${q}”.`,
  noneAtAll: (country: string) => `No bank in ${country} can be reached yet.`,
  onlyDemo:
    'Only demo banks can be reached yet; Sandbox Finance holds an invented household. Real banks come by a provider: a guide leads through it in a few minutes.',
  setup: texts.titles.setup,
  other: 'Not in the list? Another provider may reach it.',
  via: (provider: string) => `by ${provider}`,
  connect: (bank: string) => `Connect ${bank}`,
  connectWord: 'Connect',
  opening: (bank: string) => `Opening ${bank}’s page`,
  more: 'Show more banks',
}
