#!/usr/bin/env node
/**
 * After `ng build`: leaves a .br beside each text file, smaller than the gateway could make one while somebody waits, and
 * adds up what a browser has to fetch before the dashboard's first figures: the page, its styles, and every script that is
 * imported from the start, the shell and the dashboard among them. More than the budget breaks the build.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

const budgetBytes = 115 * 1024
const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const site = `${dist}browser/`
const entries = ['src/main.ts']

// The page is written anew for each answer, and what is small gains nothing.
for (const name of readdirSync(site))
  if (/\.(js|css|svg|json|webmanifest)$/.test(name) && statSync(site + name).size > 1024)
    writeFileSync(`${site}${name}.br`, brotliCompressSync(readFileSync(site + name)))

const { outputs } = JSON.parse(readFileSync(`${dist}browser-stats.json`, 'utf8'))
const styles = readFileSync(`${site}index.html`, 'utf8').matchAll(/styles-[\w-]+\.css/g)
const files = new Set(['index.html', ...[...styles].map(([name]) => name)])
const queue = entries.map((entry) => {
  const name = Object.keys(outputs).find((output) => outputs[output].entryPoint === entry)
  if (name === undefined)
    throw new Error(`Found no output of ${entry} in browser-stats.json, expected its chunk: has the file moved?`)
  return name
})
for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
  if (files.has(name)) continue
  files.add(name)
  for (const { path, kind } of outputs[name]?.imports ?? []) if (kind === 'import-statement') queue.push(path)
}

const sizes = [...files]
  .map((name) => ({ name, bytes: brotliCompressSync(readFileSync(site + name)).length }))
  .sort((a, b) => b.bytes - a.bytes)
const bytes = sizes.reduce((sum, one) => sum + one.bytes, 0)
const kb = (some) => `${(some / 1024).toFixed(1)} KB`
process.stdout.write(`first screen: ${kb(bytes)} compressed in ${files.size} files, of ${kb(budgetBytes)}\n`)
if (bytes > budgetBytes) {
  for (const { name, bytes } of sizes.slice(0, 10)) {
    const inputs = Object.keys(outputs[name]?.inputs ?? {}).slice(0, 3)
    process.stderr.write(`  ${kb(bytes)} ${name}: ${inputs.join(', ')}\n`)
  }
  throw new Error(
    `The first screen is ${kb(bytes)}, expected at most ${kb(budgetBytes)}: load later what it does not show.`,
  )
}
