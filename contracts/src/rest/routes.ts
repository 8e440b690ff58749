import type { Route } from './route.ts'
import { accountsRoutes } from './routes/accounts.ts'
import { analyticsRoutes } from './routes/analytics.ts'
import { apiTokensRoutes } from './routes/api-tokens.ts'
import { authRoutes } from './routes/auth.ts'
import { connectionsRoutes } from './routes/connections.ts'
import { exportsRoutes } from './routes/exports.ts'
import { graphqlRoutes } from './routes/graphql.ts'
import { heldRoutes } from './routes/held.ts'
import { identityRoutes } from './routes/identity.ts'
import { importsRoutes } from './routes/imports.ts'
import { invitesRoutes } from './routes/invites.ts'
import { martsRoutes } from './routes/marts.ts'
import { mfaRoutes } from './routes/mfa.ts'
import { operationsRoutes } from './routes/operations.ts'
import { passkeysRoutes } from './routes/passkeys.ts'
import { preferencesRoutes } from './routes/preferences.ts'
import { providersRoutes } from './routes/providers.ts'
import { sqlRoutes } from './routes/sql.ts'
import { syncsRoutes } from './routes/syncs.ts'
import { transactionsRoutes } from './routes/transactions.ts'

export { type Route, tags } from './route.ts'
export { CashFlowQuery, NetWorthQuery, RecurringQuery, SpendingQuery } from './routes/analytics.ts'
export { SyncsQuery } from './routes/syncs.ts'
export { TransactionFilter, TransactionMonthsFilter } from './routes/transactions.ts'

/** Every call of the public surface, by the name of its operation: a file per resource. */
export const routes = {
  ...authRoutes,
  ...mfaRoutes,
  ...passkeysRoutes,
  ...apiTokensRoutes,
  ...invitesRoutes,
  ...providersRoutes,
  ...connectionsRoutes,
  ...syncsRoutes,
  ...heldRoutes,
  ...identityRoutes,
  ...importsRoutes,
  ...accountsRoutes,
  ...transactionsRoutes,
  ...analyticsRoutes,
  ...martsRoutes,
  ...sqlRoutes,
  ...exportsRoutes,
  ...preferencesRoutes,
  ...graphqlRoutes,
  ...operationsRoutes,
} as const satisfies Record<string, Route>
export type RouteName = keyof typeof routes
