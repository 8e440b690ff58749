import { Type } from 'typebox'
import { closed, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const graphqlRoutes = {
  graphql: route({
    method: 'POST',
    path: '/graphql',
    tag: 'GraphQL',
    scope: 'read',
    summary: 'Read several things at once (docs/api/graphql.md); the schema is docs/schema.graphql',
    body: Type.Object(
      {
        query: Type.String({ minLength: 1, maxLength: 20_000 }),
        variables: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
        operationName: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
        extensions: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
      },
      closed,
    ),
    answers: { 200: S.GraphqlAnswer },
    problems: ['query_too_costly', 'query_timeout'],
  }),
} as const satisfies Record<string, Route>
