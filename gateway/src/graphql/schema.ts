import { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { type ReadName, reads } from '../compose/reads.ts'
import { Joins } from './joins.ts'
import { Lists } from './lists.ts'
import { ReadFields } from './read-field.ts'
import { type Fields, Shapes } from './shapes.ts'
import { subscriptions } from './subscriptions.ts'

/**
 * The schema, made of the routes and shapes of contracts/: a field for every read, by its operation's name, with its
 * answer's properties as REST says them. There is nothing to change things by: commands are REST's.
 */
export function graphqlSchema(): GraphQLSchema {
  const shapes: Shapes = new Shapes((typeName, shape) => joins.of(typeName, shape))
  const lists = new Lists(shapes)
  const readFields = new ReadFields(shapes, lists)
  const joins = new Joins(shapes, lists, readFields)
  const fields: Fields = {}
  for (const name of Object.keys(reads) as ReadName[]) fields[name] = readFields.of(name)
  fields['transaction'] = joins.transaction()
  return new GraphQLSchema({
    description:
      'Everything that can be read, for the token’s owner. Data has the names of REST, documented at /docs; commands are REST’s.',
    query: new GraphQLObjectType({ name: 'Query', fields }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: subscriptions(shapes, readFields) }),
  })
}
