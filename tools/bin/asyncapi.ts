/** `npm run asyncapi`: writes docs/asyncapi.json anew from contracts/. */
import { writeFileSync } from 'node:fs'
import { asyncapiPath, asyncapiText } from '../src/asyncapi/document.ts'

writeFileSync(asyncapiPath, asyncapiText())
process.stdout.write(`${asyncapiPath}\n`)
