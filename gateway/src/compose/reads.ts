import { Rest, requests } from '@pf/contracts'
import type { TSchema } from 'typebox'
import type { Call } from '../http/call.ts'
import { account, accounts, balancesOf, proofOf } from './accounts.ts'
import type { Ask } from './ask.ts'
import { connection, connections } from './connections.ts'
import { explanation } from './explanation.ts'
import { imports } from './imports.ts'
import { operations } from './operations.ts'

type Routes = typeof Rest.routes

/**
 * Every GET that answers a document to who has a token. Of `/auth` only who one is: what concerns logging in is told by
 * REST alone, where a personal API token may not ask for it.
 */
export type ReadName =
  | 'me'
  | {
      [N in Rest.RouteName]: Routes[N] extends { method: 'GET'; answers: { 200: TSchema } }
        ? Routes[N] extends { open: true } | { path: `/auth/${string}` }
          ? never
          : N
        : never
    }[Rest.RouteName]

type Asked<R extends Rest.Route> = Pick<Call<R>, 'params' | 'query'>

/** The provider may have to be asked. */
const institutionsMs = 30_000
/** Deciding reads an account's history where it is not in memory. */
const identityMs = 30_000
/** Reading again opens everything that was kept. */
const rulesMs = 300_000
/** Counting rows opens a mart, which may have to be built first. */
const martsMs = 40_000

/**
 * What can be read, by the name of its route, and how its answer is put together. REST and GraphQL both answer from here:
 * a new GET does not compile until it stands here, and then it is a field of GraphQL as well (`npm run graphql:schema`).
 */
export const reads = {
  me: (ask) => ask(requests.auth.me, {}),

  providers: (ask) => ask(requests.connection.providers, {}),
  institutions: (ask, { query: { country = 'GB', q } }) =>
    ask(
      requests.connection.institutions,
      { country: country.toUpperCase(), ...(q === undefined ? {} : { q }) },
      { deadlineMs: institutionsMs },
    ),
  connections: (ask) => connections(ask),
  connection: (ask, { params }) => connection(ask, params.id),
  syncs: (ask, { query }) => ask(requests.extraction.syncs, query),
  sync: (ask, { params }) => ask(requests.extraction.getSync, params),

  accounts: (ask, { query }) => accounts(ask, query.connection_id),
  account: (ask, { params }) => account(ask, params.id),
  accountBalances: (ask, { params, query }) => balancesOf(ask, params.id, query),
  accountProof: (ask, { params, query }) => proofOf(ask, params.id, query),
  transactions: (ask, { query }) => ask(requests.analytics.transactions, query),
  transactionMonths: (ask, { query }) => ask(requests.analytics.transactionMonths, query),
  explainTransaction: (ask, { params }) => explanation(ask, params.id),

  held: (ask, { query }) => ask(requests.storage.held, query, { deadlineMs: identityMs }),
  identityDecisions: (ask) => ask(requests.storage.identityDecisions, {}, { deadlineMs: identityMs }),
  rulesReport: (ask) => ask(requests.storage.rulesReport, {}, { deadlineMs: rulesMs }),
  imports: (ask) => imports(ask),

  spending: (ask, { query }) => ask(requests.analytics.spending, query),
  cashFlow: (ask, { query }) => ask(requests.analytics.cashFlow, query),
  netWorth: (ask, { query }) => ask(requests.analytics.netWorth, query),
  recurring: (ask, { query }) => ask(requests.analytics.recurring, query),
  martStatus: (ask) => ask(requests.analytics.status, {}, { deadlineMs: martsMs }),
  rebuilds: (ask) => ask(requests.analytics.rebuilds, {}),
  getRebuild: (ask, { params }) => ask(requests.analytics.getRebuild, params),
  datasets: (ask) => ask(requests.analytics.datasets, {}, { deadlineMs: martsMs }),
  savedQueries: (ask) => ask(requests.analytics.savedQueries, {}),

  dataExports: (ask) => ask(requests.analytics.dataExports, {}),
  dataExport: (ask, { params }) => ask(requests.analytics.dataExport, params),

  preferences: (ask) => ask(requests.auth.preferences, {}),
  preference: (ask, { params }) => ask(requests.auth.preference, params),
  operations: (ask) => operations(ask),
} satisfies { [N in ReadName]: (ask: Ask, asked: Asked<Routes[N]>) => Promise<object> }
