import { type Static, Type } from 'typebox'

/** One error of an operation: what a problem document says of it stands in `extensions`. */
export const GraphqlError = Type.Object({
  message: Type.String({ description: 'What was found, what was expected and what to do' }),
  locations: Type.Optional(Type.Array(Type.Object({ line: Type.Integer(), column: Type.Integer() }))),
  path: Type.Optional(
    Type.Array(Type.Union([Type.String(), Type.Integer()]), {
      description: 'Of the field that is null for it; absent where nothing was read at all',
    }),
  ),
  extensions: Type.Object(
    {
      code: Type.String({ description: 'Stable, as in a problem document' }),
      status: Type.Integer({ description: 'What REST answers in such a case' }),
    },
    { additionalProperties: true },
  ),
})
export type GraphqlError = Static<typeof GraphqlError>

export const GraphqlAnswer = Type.Object({
  data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  errors: Type.Optional(Type.Array(GraphqlError)),
  extensions: Type.Optional(
    Type.Object({
      cost: Type.Object({ requested: Type.Integer(), limit: Type.Integer() }),
    }),
  ),
})
export type GraphqlAnswer = Static<typeof GraphqlAnswer>
