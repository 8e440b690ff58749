import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './define-config.ts'

/** The process' environment over the `.env` of the working directory: the only reader of either. */
export function readEnvironment(folder = process.cwd()): Environment {
  const file = join(folder, '.env')
  const written = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return { ...written, ...process.env }
}
