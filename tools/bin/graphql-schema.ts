/** `npm run graphql:schema`: writes docs/schema.graphql anew from contracts/. */
import { writeFileSync } from 'node:fs'
import { schemaText } from '@pf/gateway/graphql'
import { schemaPath } from '../src/graphql-schema.ts'

writeFileSync(schemaPath, schemaText())
process.stdout.write(`${schemaPath}\n`)
