import { join } from 'node:path'
import { root } from './sources.ts'

export const schemaPath = join(root, 'docs', 'schema.graphql')
