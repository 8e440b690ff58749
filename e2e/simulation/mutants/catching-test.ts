import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatchingTest } from './mutants.ts'
import { root } from './planted.ts'

type Told = { testResults: { assertionResults: { fullName: string; status: string }[] }[] }

const asPattern = (name: string) => `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`

/** Runs the one test by Jest, the defect planted where one is named. Throws where it could not be run: that tells of nothing. */
export function passes({ project, spec, test }: CatchingTest, mutant?: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pf-mutant-'))
  const report = join(folder, 'report.json')
  const flags = ['--experimental-vm-modules', '--conditions=@pf/source', '--disable-warning=ExperimentalWarning']
  const jest = [join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects', project, '--runInBand']
  const one = ['--runTestsByPath', spec, '--testNamePattern', asPattern(test), '--json', `--outputFile=${report}`]
  const { PF_MUTANT: _, ...env } = process.env
  const planting = mutant === undefined ? env : { ...env, PF_MUTANT: mutant }
  try {
    const { stderr } = spawnSync(process.execPath, [...flags, ...jest, ...one], {
      cwd: root,
      env: planting,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const found = assertionsOf(report).find(({ fullName }) => fullName === test)
    if (found?.status === 'passed') return true
    if (found?.status === 'failed') return false
    throw new Error(`"${test}" of ${spec} could not be run: expected one test of this name. ${stderr.slice(-2000)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function assertionsOf(report: string) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Told
  return testResults.flatMap(({ assertionResults }) => assertionResults)
}
