import { fileURLToPath } from 'node:url'
import { openApiDocument } from './document.ts'
import { postmanCollection } from './postman.ts'

const docs = (path: string) => fileURLToPath(new URL(`../../../docs/${path}`, import.meta.url))
const text = (document: object) => `${JSON.stringify(document, null, 2)}\n`

/** What of it is kept in docs/, for those who read without a running system; `npm run openapi` writes it. */
export const kept = (): { path: string; text: string }[] => [
  { path: docs('openapi.json'), text: text(openApiDocument()) },
  { path: docs('api/personal-finances.postman_collection.json'), text: text(postmanCollection()) },
]
