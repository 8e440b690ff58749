import type { RouteName } from '../routes.ts'
import { analyticsExamples, exportsExamples, martsExamples, sqlExamples } from './analytics.ts'
import { apiTokensExamples, authExamples, invitesExamples, mfaExamples, preferencesExamples } from './auth.ts'
import { connectionsExamples, providersExamples, syncsExamples } from './connections.ts'
import type { RouteExample } from './example.ts'
import { graphqlExamples } from './graphql.ts'
import { accountsExamples, transactionsExamples } from './money.ts'
import { operationsExamples } from './operations.ts'
import { passkeysExamples } from './passkeys.ts'
import { heldExamples, identityExamples, importsExamples } from './rows.ts'

export type { RouteExample } from './example.ts'

/** A call and its answers for every route: what the OpenAPI document and the Postman collection show. */
export const examples: { readonly [N in RouteName]: RouteExample } = {
  ...authExamples,
  ...mfaExamples,
  ...passkeysExamples,
  ...apiTokensExamples,
  ...invitesExamples,
  ...providersExamples,
  ...connectionsExamples,
  ...syncsExamples,
  ...heldExamples,
  ...identityExamples,
  ...importsExamples,
  ...accountsExamples,
  ...transactionsExamples,
  ...analyticsExamples,
  ...martsExamples,
  ...sqlExamples,
  ...exportsExamples,
  ...preferencesExamples,
  ...graphqlExamples,
  ...operationsExamples,
}
