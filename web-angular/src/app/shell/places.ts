import { texts } from '../texts.ts'
import type { IconName } from '../ui/icons.ts'

export type Place = { to: string; icon: IconName; word: string; exact: boolean }

export const money: readonly Place[] = [
  { to: '/', icon: 'space_dashboard', word: texts.nav.dashboard, exact: true },
  { to: '/accounts', icon: 'account_balance_wallet', word: texts.nav.accounts, exact: false },
  { to: '/transactions', icon: 'receipt_long', word: texts.nav.transactions, exact: false },
  { to: '/spending', icon: 'grid_on', word: texts.nav.spending, exact: false },
  { to: '/cash-flow', icon: 'bar_chart', word: texts.nav.cashFlow, exact: false },
  { to: '/net-worth', icon: 'show_chart', word: texts.nav.netWorth, exact: false },
  { to: '/recurring', icon: 'event_repeat', word: texts.nav.recurring, exact: false },
]

export const behind: readonly Place[] = [
  { to: '/connections', icon: 'account_balance', word: texts.nav.connections, exact: false },
  { to: '/imports', icon: 'upload_file', word: texts.nav.imports, exact: false },
  { to: '/held', icon: 'fact_check', word: texts.nav.held, exact: false },
  { to: '/pipeline', icon: 'conversion_path', word: texts.nav.pipeline, exact: false },
  { to: '/sql', icon: 'terminal', word: texts.nav.sql, exact: false },
  { to: '/settings', icon: 'settings', word: texts.nav.settings, exact: false },
]

/** As many as a thumb can tell apart; the others are a step away, under More. */
export const bottom: readonly Place[] = money.filter(({ to }) =>
  ['/', '/transactions', '/spending', '/accounts'].includes(to),
)
export const more: readonly Place[] = [...money, ...behind].filter((place) => !bottom.includes(place))
