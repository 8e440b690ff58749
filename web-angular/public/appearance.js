/* Runs before the first paint, so that a chosen theme or density never flashes. Keys: src/app/ui/appearance.ts. */
try {
  const root = document.documentElement
  const theme = localStorage.getItem('pf.theme')
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  if (localStorage.getItem('pf.density') === 'compact') root.dataset.density = 'compact'
  if (localStorage.getItem('pf.privacy') === 'on') root.dataset.privacy = 'on'
} catch {
  // Storage is blocked: the system's theme stands.
}
