/** `npm run cases -- FILE`: acceptance cases (gocardless.md §14) through the real code, one line a case. */
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type Case, runCase } from '@pf/providers/testing'

const [, , file] = process.argv
if (file === undefined) throw new Error('Usage: npm run cases -- FILE, a JSON array of cases as in gocardless.md §14.')
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[]
if (!Array.isArray(cases)) throw new Error(`${file} holds no array of cases.`)

let passed = 0
for (const kase of cases) {
  const wrong = differenceOf(kase)
  if (wrong === undefined) passed += 1
  process.stdout.write(
    wrong === undefined ? `ok ${kase.id}: ${kase.title}\n` : `FAIL ${kase.id}: ${kase.title}\n  ${wrong}\n`,
  )
}
process.stdout.write(`${passed} passed, ${cases.length - passed} failed\n`)
if (passed < cases.length) process.exitCode = 1

function differenceOf(kase: Case): string | undefined {
  try {
    const { got, expected } = runCase(kase)
    if (isDeepStrictEqual(got, expected)) return undefined
    return `expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(got)}`
  } catch (error) {
    return `threw ${error instanceof Error ? error.message : String(error)}`
  }
}
