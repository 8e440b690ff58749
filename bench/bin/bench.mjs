#!/usr/bin/env node
/** `npm run bench -- [name …] [--size 1m | --spaces 1000 | --events 100000 | --everything]`: runs the named benchmarks, or all, and writes their tables to bench/RESULTS.md. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fail, node, prepare, root } from '../../deploy/local/bin/prepare.mjs'

const folder = join(root, 'bench', 'src', 'benchmarks')
const known = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
/** All of targets.md that concerns data, the long ones too: for a quiet machine, some 40 minutes. */
const everything = [
  ['normalise'],
  ['eventing'],
  ['space', '--size', '10k'],
  ['space', '--size', '200k'],
  ['space', '--size', '1m'],
  ['gateway', '--size', '200k'],
  ['cell', '--spaces', '1000'],
]

const given = process.argv.slice(2)
const firstOption = given.findIndex((word) => word.startsWith('--'))
const asked = firstOption < 0 ? given : given.slice(0, firstOption)
const options = firstOption < 0 ? [] : given.slice(firstOption)
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) fail(`No benchmark is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
const runs =
  given[0] === '--everything' ? everything : (asked.length > 0 ? asked : known).map((name) => [name, ...options])

prepare()
let failed = false
for (const [name, ...said] of runs) {
  const { status } = spawnSync(node, ['--conditions=@pf/source', join(folder, `${name}.ts`), ...said], {
    cwd: root,
    stdio: 'inherit',
  })
  failed ||= status !== 0
}
process.exit(failed ? 1 : 0)
