import type { BankAccount } from '../domain/payment.ts'

/** What the user reads before deciding. `untilText` is a day in words; `action` is where the form goes. */
export type ConsentView = {
  bankName: string
  appName: string
  accounts: Pick<BankAccount, 'name' | 'ownerName' | 'iban' | 'maskedPan' | 'currency'>[]
  untilText: string
  historyDays: number
  scopes: string[]
  action: string
}

const SCOPE_WORDS: Record<string, string> = {
  details: 'names and numbers of the accounts',
  balances: 'balances',
  transactions: 'payments',
}

export function consentPage(view: ConsentView): string {
  const bank = escapeHtml(view.bankName)
  const app = escapeHtml(view.appName)
  const accounts =
    view.accounts.length === 0
      ? '<p class="none">This demo bank holds no account for you here. You can allow access all the same; there is nothing to see.</p>'
      : `<ul class="accounts">${view.accounts.map(accountRow).join('')}</ul>`
  const scopes = view.scopes.map((scope) => SCOPE_WORDS[scope] ?? scope).join(', ')
  return page(
    `Share accounts · ${view.bankName}`,
    `<p class="mark"><span aria-hidden="true">S</span>${bank}</p>
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
<details>
<summary>Make it fail</summary>
<p>For trying out what the app does when a bank does not co-operate.</p>
<div class="fail">
<button name="decision" value="UnknownError">Wrong log-in</button>
<button name="decision" value="InstitutionTechnicalError">Technical error</button>
<button name="decision" value="InstitutionTimeoutError">Timeout</button>
</div>
</details>
</form>`,
  )
}

/** A link works once: says so, and leads back. */
export function usedLinkPage(bankName: string, back: string): string {
  return page(
    `Link used · ${bankName}`,
    `<p class="mark"><span aria-hidden="true">S</span>${escapeHtml(bankName)}</p>
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

function accountRow({ name, ownerName, iban, maskedPan, currency }: ConsentView['accounts'][number]): string {
  const number = iban === null ? (maskedPan ?? '') : iban
  const last = number === '' ? '' : `ending ${number.slice(-4)}`
  return `<li><span class="name">${escapeHtml(name)}</span><span class="small">${escapeHtml(`${last} · ${currency} · ${ownerName}`)}</span></li>`
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}

/** Colours, radii and type of the house's design tokens, light and dark. */
const STYLE = `
:root{color-scheme:light dark;--bg:#f5f7f7;--surface:#fff;--sunk:#edf1f1;--line:#dbe2e2;--strong:#7a888b;--ink:#10191c;--ink2:#46545a;--primary:#0b5563;--on:#fff;--att:#7a5600;--attsoft:#fbf0d3}
@media(prefers-color-scheme:dark){:root{--bg:#0d1214;--surface:#151c1f;--sunk:#1d2629;--line:#2b363a;--strong:#6c7b80;--ink:#e9eff0;--ink2:#aebbbf;--primary:#7ccbd8;--on:#04282f;--att:#e7be57;--attsoft:#38290a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:400 .9375rem/1.4375rem ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:520px;margin:0 auto;padding:24px 20px;background:var(--surface);border:1px solid var(--line);min-height:100vh}
@media(min-width:600px){main{margin:48px auto;border-radius:12px;padding:32px 40px;min-height:0}}
.mark{display:flex;align-items:center;gap:10px;margin:0 0 24px;font-weight:600}
.mark span{display:grid;place-items:center;width:28px;height:28px;border-radius:8px;background:var(--ink);color:var(--surface);font-weight:600}
h1{font-size:1.375rem;line-height:1.75rem;letter-spacing:-.011em;margin:0 0 16px}
h2{font-size:1rem;line-height:1.5rem;margin:24px 0 8px}
p{margin:0 0 16px}
.demo{background:var(--attsoft);border-radius:8px;padding:12px 16px}
.demo strong{color:var(--att)}
.none{color:var(--ink2)}
.accounts{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
.accounts li{padding:10px 0;border-bottom:1px solid var(--line)}
.name{display:block;font-weight:550}
.small{display:block;font-size:.8125rem;line-height:1.125rem;color:var(--ink2)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 16px;margin:16px 0 24px}
dt{color:var(--ink2)}dd{margin:0}
.choose{display:grid;gap:12px}
@media(min-width:420px){.choose{grid-template-columns:2fr 1fr}}
button,.button{font:inherit;font-weight:550;min-height:44px;padding:8px 16px;border-radius:8px;border:1px solid var(--strong);background:var(--surface);color:var(--ink);cursor:pointer;text-decoration:none;display:inline-grid;place-items:center}
button:hover,.button:hover{background:var(--sunk)}
.primary{background:var(--primary);border-color:var(--primary);color:var(--on)}
.primary:hover{background:var(--primary);text-decoration:underline}
:focus-visible{outline:2px solid var(--primary);outline-offset:2px}
details{margin-top:24px;border-top:1px solid var(--line);padding-top:12px;color:var(--ink2)}
summary{cursor:pointer;min-height:24px}
details p{margin:8px 0 12px}
.fail{display:flex;flex-wrap:wrap;gap:8px}
`
