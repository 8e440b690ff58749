/* Runs before the first paint and before the app is fetched. Keys: src/app/ui/appearance.ts, src/app/api/session.ts. */
try {
  const root = document.documentElement
  const theme = localStorage.getItem('pf.theme')
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  if (localStorage.getItem('pf.density') === 'compact') root.dataset.density = 'compact'
  if (localStorage.getItem('pf.privacy') === 'on') root.dataset.privacy = 'on'

  /* Whoever comes with a cookie has the token renewed, and the dashboard's first questions asked, while the browser still
     reads the app; src/app/api/early.ts hands each answer over once. Under the lock of Session.refresh: one tab at a time. */
  if (localStorage.getItem('pf.session') === 'cookie' && 'locks' in navigator) {
    /* The dashboard's figures, as it asked for them when it last opened: of which days is the app's to know. */
    const figures = JSON.parse(localStorage.getItem('pf.page.figures') ?? '[]').filter((path) =>
      path.startsWith('/analytics/'),
    )
    const refresh = () =>
      fetch('/api/auth/refresh', {
        method: 'POST',
        headers: { 'Idempotency-Key': crypto.randomUUID() },
        credentials: 'same-origin',
      })
    const refreshed = navigator.locks.request('pf-refresh', refresh)
    const token = refreshed.then((response) => response.clone().json()).then((answer) => answer.access_token)
    const asked = async (path) => {
      if (!(await token)) throw new Error('Nobody is signed in.')
      const headers = { Accept: 'application/json', Authorization: `Bearer ${await token}` }
      return fetch(`/api${path}`, { headers, credentials: 'same-origin' })
    }
    const dashboard = [
      '/accounts',
      '/connections',
      '/held?decided=false&limit=200',
      '/transactions?limit=6',
      '/preferences',
    ]
    const paths = ['/auth/me']
    if (location.pathname === '/') paths.push(...dashboard)
    if (location.pathname + location.search === '/') paths.push(...figures)
    const answers = new Map([['/auth/refresh', refreshed], ...paths.map((path) => [path, asked(path)])])
    for (const answer of answers.values()) answer.catch(() => undefined)
    globalThis.pfEarly = answers
  }
} catch {
  // Storage is blocked: the system's theme stands, and the app asks for itself.
}
