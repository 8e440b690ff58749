import { writeFileSync } from 'node:fs'
import { envExample, platformShape } from '../src/config/index.ts'

writeFileSync(new URL('../../../.env.example', import.meta.url), envExample(platformShape))
