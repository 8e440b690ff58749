import type { BankAccount } from '../domain/payment.ts'
import type { CallbackError } from '../domain/requisition.ts'
import { failing, numberOf } from './consent-page.ts'
import { escapeHtml, mark, page } from './page.ts'

type Listed = Pick<BankAccount, 'name' | 'ownerName' | 'iban' | 'maskedPan' | 'currency'>
/** An account and the value of its box. */
export type Choice = Listed & { value: string }

const DEMO =
  '<p class="demo"><strong>This is a demo bank.</strong> It runs on this computer. Any log-in will do; none is asked for.</p>'

/** The bank's own log-in, after the consent was given to the provider. */
export function loginPage(view: { bankName: string; action: string; failures: readonly CallbackError[] }): string {
  return page(
    `Log in · ${view.bankName}`,
    `${mark(view.bankName)}
<h1>Log in to ${escapeHtml(view.bankName)}</h1>
${DEMO}
<form method="post" action="${escapeHtml(view.action)}">
<div class="choose">
<button class="primary" name="decision" value="grant">Log in</button>
<button name="decision" value="UserCancelledSession">Cancel</button>
</div>
${failing(view.failures)}
</form>`,
  )
}

/** Which of the accounts are shared; none is chosen beforehand. */
export function selectionPage(view: { bankName: string; action: string; accounts: readonly Choice[] }): string {
  return page(
    `Choose accounts · ${view.bankName}`,
    `${mark(view.bankName)}
<h1>Which accounts do you want to share?</h1>
<p>Only those that you choose can be read.</p>
<form method="post" action="${escapeHtml(view.action)}">
${boxes(view.accounts, false)}
<div class="choose">
<button class="primary" name="decision" value="grant">Share these</button>
<button name="decision" value="UserCancelledSession">Cancel</button>
</div>
</form>`,
  )
}

/** The confirmation every 90 days: the accounts that stay ticked go on being read. */
export function reconfirmPage(view: {
  bankName: string
  action: string
  accounts: readonly Choice[]
  untilText: string
}): string {
  return page(
    `Confirm · ${view.bankName}`,
    `${mark(view.bankName)}
<h1>Go on sharing these accounts?</h1>
<p>The app may read them for another 90 days. Without your word until ${escapeHtml(view.untilText)} the access ends.</p>
<form method="post" action="${escapeHtml(view.action)}">
${boxes(view.accounts, true)}
<div class="choose">
<button class="primary" name="decision" value="confirm">Confirm</button>
<button name="decision" value="reject">Stop sharing</button>
</div>
</form>`,
  )
}

/** Nothing to decide: too early, too late, or decided. */
export function reconfirmClosedPage(bankName: string, words: string, back: string | null): string {
  const link = back === null ? '' : `\n<p><a class="button" href="${escapeHtml(back)}">Back to the app</a></p>`
  return page(`Confirm · ${bankName}`, `${mark(bankName)}\n<h1>${escapeHtml(words)}</h1>${link}`)
}

function boxes(accounts: readonly Choice[], ticked: boolean): string {
  const rows = accounts.map(
    (account) =>
      `<li><label class="choice"><input type="checkbox" name="account" value="${escapeHtml(account.value)}"${ticked ? ' checked' : ''}><span><span class="name">${escapeHtml(account.name)}</span><span class="small">${escapeHtml(numberOf(account))}</span></span></label></li>`,
  )
  return `<ul class="accounts">${rows.join('')}</ul>`
}
