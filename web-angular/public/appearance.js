/* Runs before the first paint, so that a chosen theme never flashes. Keys: src/app/shell/appearance.ts. */
try {
  const theme = localStorage.getItem('pf.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  if (localStorage.getItem('pf.privacy') === 'on') document.documentElement.dataset.privacy = 'on'
} catch {
  // Storage is blocked: the system's theme stands.
}
