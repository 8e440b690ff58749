import { GraphQLScalarType } from 'graphql'

/** Answers leave as the services wrote them; what comes in is checked against the route's schema, as REST's is. */
const text = (name: string, description: string) =>
  new GraphQLScalarType<string, string>({ name, description, serialize: String, parseValue: asText })

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError(`Expected text, found ${value === null ? 'null' : typeof value}.`)
}

export const DayScalar = text('Day', "A calendar day in the account's own zone, `YYYY-MM-DD`.")
export const InstantScalar = text('Instant', 'RFC 3339, UTC.')
export const JsonScalar = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON, such as a row as a bank sent it.',
})
