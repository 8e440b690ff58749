const count = new Intl.NumberFormat()

/** Words of the palette: loaded with it. */
export const paletteTexts = {
  label: 'Find and do',
  close: 'Close',
  placeholder: 'Page, account, name, action',
  groups: { pages: 'Pages', accounts: 'Accounts', categories: 'Categories', rows: 'Rows', actions: 'Do' },
  results: 'What fits',
  found: (n: number) => (n === 0 ? 'Nothing fits' : `${count.format(n)} ${n === 1 ? 'fits' : 'fit'}`),
  nothing: (words: string) => `Nothing here is called “${words}”. Enter looks for it in your rows.`,
  searchRows: (words: string) => `Look for “${words}” in all rows`,
  keys: ['↑ ↓ to choose', 'Enter to go', 'Esc to close'],
  actions: {
    syncAll: 'Sync all banks now',
    sync: (bank: string) => `Sync ${bank} now`,
    addBank: 'Add a bank',
    addFile: 'Bring in a statement file',
    hide: 'Hide amounts',
    show: 'Show amounts',
    light: 'Light theme',
    dark: 'Dark theme',
    system: 'Theme as the system',
    compact: 'Compact rows',
    comfortable: 'Comfortable rows',
    print: 'Print this page',
    signOut: 'Sign out',
  },
  /** What people also say for it; found, not shown. */
  also: {
    sync: 'refresh update fetch read',
    addBank: 'connect link new connection',
    addFile: 'import csv ofx upload',
    privacy: 'privacy blur private',
    theme: 'appearance colour night day mode',
    density: 'dense small rows appearance',
    signOut: 'log out leave',
  },
  syncing: (n: number) => (n === 1 ? 'One bank is being read.' : `${n} banks are being read.`),
  notSynced: (bank: string, why: string) => `${bank}: ${why}`,
  noBanks: 'No bank can be read now.',
}
