/** `npm run openapi`: writes docs/openapi.json and the Postman collection anew from contracts/. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { kept } from '../src/openapi/kept.ts'

for (const { path, text } of kept()) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  process.stdout.write(`${path}\n`)
}
