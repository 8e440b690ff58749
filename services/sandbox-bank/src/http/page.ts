/** A whole page; needs no script and loads nothing. */
export function page(title: string, body: string): string {
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

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
}

/** The bank's sign and name. */
export function mark(bankName: string): string {
  return `<p class="mark"><span aria-hidden="true">S</span>${escapeHtml(bankName)}</p>`
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
.choice{display:flex;align-items:center;gap:12px;min-height:44px}
.choice input{width:20px;height:20px;flex:none;accent-color:var(--primary)}
.fail{display:flex;flex-wrap:wrap;gap:8px}
`
