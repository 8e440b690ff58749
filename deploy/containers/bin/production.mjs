#!/usr/bin/env node
/**
 * production.mjs BILL [--except=NAME]… WORKSPACE…: in an image's build, after `npm ci --omit=dev`. Takes away what is installed
 * and needed by none of the workspaces, nor by what they run with; writes what is left to BILL. The root has to say a version.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { billOfMaterials, neededBy } from '../src/production.ts'

const [bill, ...said] = process.argv.slice(2)
const except = said.filter((one) => one.startsWith('--except=')).map((one) => one.slice('--except='.length))
const workspaces = said.filter((one) => !one.startsWith('--'))
const { packages: lock } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const { version } = JSON.parse(readFileSync('lerna.json', 'utf8'))
const needed = neededBy(lock, workspaces, except)

/** Every package installed in a folder `node_modules`, and those within them. */
function* installed(folder) {
  if (!existsSync(folder)) return
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    if (name.startsWith('.')) continue
    const path = join(folder, name)
    if (name.startsWith('@')) for (const scoped of readdirSync(path)) yield* withNested(join(path, scoped))
    else yield* withNested(path)
  }
}
function* withNested(path) {
  yield path
  if (lock[path]?.link !== true) yield* installed(join(path, 'node_modules'))
}

const there = new Set(['.', ...workspaces])
for (const path of [...installed('node_modules')]) {
  if (needed.has(path)) there.add(path)
  else rmSync(path, { recursive: true, force: true })
}
// Packages for other kinds of machine are in the lock, and not here.
const named = [...needed].filter(([path]) => there.has(path) || !path.includes('node_modules/'))
writeFileSync(bill, `${JSON.stringify(billOfMaterials(lock, new Map(named), version), null, 1)}\n`)
process.stdout.write(`${named.length} packages and workspaces in ${bill}\n`)
