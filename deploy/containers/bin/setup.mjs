#!/usr/bin/env node
/**
 * `make setup`: writes the .env files that are missing, from their examples, with a secret of their own wherever an example
 * says <secret>. What is there stays. Runs on Node 20, before any package is installed.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '..', '..', '..', '..')

for (const [example, path] of [
  ['.env.compose.example', '.env.compose'],
  ['services/.env.example', 'services/.env'],
]) {
  if (existsSync(join(root, path))) {
    process.stdout.write(`${path} is there, and stays as it is.\n`)
    continue
  }
  const text = readFileSync(join(root, example), 'utf8')
  // In comments the word explains itself.
  const filled = text.replaceAll(/^([A-Z0-9_]+=)<secret>$/gm, (_, name) => name + randomBytes(24).toString('base64url'))
  writeFileSync(join(root, path), filled, { mode: 0o600, flag: 'wx' })
  process.stdout.write(`${path} written, with secrets of its own.\n`)
}
