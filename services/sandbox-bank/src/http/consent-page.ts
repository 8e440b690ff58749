import type { BankAccount } from '../domain/payment.ts'
import type { CallbackError } from '../domain/requisition.ts'
import { escapeHtml, mark, page } from './page.ts'

/** What the user reads before deciding. `untilText` is a day in words; `action` is where the form goes. */
export type ConsentView = {
  bankName: string
  appName: string
  accounts: Pick<BankAccount, 'name' | 'ownerName' | 'iban' | 'maskedPan' | 'currency'>[]
  untilText: string
  historyDays: number
  scopes: string[]
  action: string
  /** What may be made to fail from here. */
  failures: readonly CallbackError[]
}

const SCOPE_WORDS: Record<string, string> = {
  details: 'names and numbers of the accounts',
  balances: 'balances',
  transactions: 'payments',
}

export function consentPage(view: ConsentView): string {
  const app = escapeHtml(view.appName)
  const accounts =
    view.accounts.length === 0
      ? '<p class="none">This demo bank holds no account for you here. You can allow access all the same; there is nothing to see.</p>'
      : `<ul class="accounts">${view.accounts.map(accountRow).join('')}</ul>`
  const scopes = view.scopes.map((scope) => SCOPE_WORDS[scope] ?? scope).join(', ')
  return page(
    `Share accounts · ${view.bankName}`,
    `${mark(view.bankName)}
<h1>Share your accounts with ${app}?</h1>
<p class="demo"><strong>This is a demo bank.</strong> It runs on this computer. The people, accounts and payments are made up; no real bank is asked and no money moves.</p>
<h2>What is shared</h2>
${accounts}
<dl>
<dt>Reads</dt><dd>${escapeHtml(scopes)}; it can not pay</dd>
<dt>Back to</dt><dd>up to ${view.historyDays} days ago</dd>
<dt>Until</dt><dd>${escapeHtml(view.untilText)}</dd>
</dl>
<form method="post" action="${escapeHtml(view.action)}">
<div class="choose">
<button class="primary" name="decision" value="grant">Allow access</button>
<button name="decision" value="UserCancelledSession">Cancel</button>
</div>
${failing(view.failures)}
</form>`,
  )
}

/** A link works once: says so, and leads back. */
export function usedLinkPage(bankName: string, back: string): string {
  return page(
    `Link used · ${bankName}`,
    `${mark(bankName)}
<h1>This link has been used</h1>
<p>A link to the bank works once. Somebody has already decided with this one, so it changes nothing any more. Start again from the app to share accounts.</p>
<p><a class="button" href="${escapeHtml(back)}">Back to the app</a></p>`,
  )
}

export function unknownLinkPage(): string {
  return page(
    'Link not known',
    `<h1>This link leads nowhere</h1>
<p>The bank knows no request under this address. It may have been withdrawn, or the demo bank was reset. Start again from the app.</p>`,
  )
}

/** In words of the person at the bank. */
const FAILURE_WORDS: Record<CallbackError, string> = {
  UserCancelledSession: 'Cancel',
  UnknownError: 'Wrong log-in',
  SSNVerificationFailed: 'Another person’s number',
  InstitutionTechnicalError: 'Technical error',
  InstitutionTimeoutError: 'Timeout',
  GoCardlessTechnicalError: 'Error in between',
  RequisitionLinkReused: 'Link used before',
}

/** Buttons that end it otherwise; they stand in a form. */
export function failing(errors: readonly CallbackError[]): string {
  if (errors.length === 0) return ''
  const buttons = errors.map((error) => `<button name="decision" value="${error}">${FAILURE_WORDS[error]}</button>`)
  return `<details>
<summary>Make it fail</summary>
<p>For trying out what the app does when a bank does not co-operate.</p>
<div class="fail">
${buttons.join('\n')}
</div>
</details>`
}

/** How people tell their accounts apart. */
export function numberOf({ ownerName, iban, maskedPan, currency }: ConsentView['accounts'][number]): string {
  const number = iban ?? maskedPan ?? ''
  const last = number === '' ? '' : `ending ${number.slice(-4)}`
  return `${last} · ${currency} · ${ownerName}`
}

function accountRow(account: ConsentView['accounts'][number]): string {
  return `<li><span class="name">${escapeHtml(account.name)}</span><span class="small">${escapeHtml(numberOf(account))}</span></li>`
}
