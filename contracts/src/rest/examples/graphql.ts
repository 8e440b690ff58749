import type { graphqlRoutes } from '../routes/graphql.ts'
import type { ExamplesOf } from './example.ts'
import { gbp, ids } from './parts.ts'

export const graphqlExamples: ExamplesOf<typeof graphqlRoutes> = {
  graphql: {
    body: {
      query:
        'query Latest($first: Int) { transactions(first: $first) { nodes { id date amount { amount currency } account { name } } } }',
      variables: { first: 1 },
      operationName: 'Latest',
      extensions: null,
    },
    answers: {
      200: {
        data: {
          transactions: {
            nodes: [
              { id: ids.transaction, date: '2026-11-20', amount: gbp('-45.00'), account: { name: 'Current account' } },
            ],
          },
        },
        extensions: { cost: { requested: 54, limit: 5000 } },
      },
    },
  },
}
