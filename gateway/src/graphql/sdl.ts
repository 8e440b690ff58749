import { printSchema } from 'graphql'
import { graphqlSchema } from './schema.ts'

/** The schema as docs/schema.graphql keeps it: public, for people, generators and reviews of what changes. */
export const schemaText = (): string =>
  `# Made of contracts/ by \`npm run graphql:schema\`; docs/api/graphql.md says how to use it.\n\n${printSchema(graphqlSchema())}\n`
