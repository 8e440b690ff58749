import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, type System } from './system.ts'

/** `PF_SCHEMATHESIS`, else where `npm test` installs it; undefined where it is not. */
export const findSchemathesis = (): string | undefined =>
  [process.env['PF_SCHEMATHESIS'], join(root, '.cache', 'schemathesis', 'bin', 'schemathesis')].find(
    (path) => path !== undefined && existsSync(path),
  )

/**
 * Left out, each for its reason: what ends the run's own session or user, what never ends, and what takes minutes by
 * itself. Their answers are held against the document by the specs that call them (src/client.ts).
 */
const leftOut: Readonly<Record<string, string>> = {
  eraseMe: 'erases the user',
  logout: 'ends the session',
  revokeSession: 'may end the session',
  changePassword: 'ends the other sessions, and counts as an attempt',
  events: 'a stream that does not end',
  advanceDemo: 'fetches up to 366 days of the demo bank',
  importStatement: 'a form with a file: its parser has cases of its own',
}

/** What is wrong in any answer, whatever was sent. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
  'unsupported_method',
]

/**
 * Requests made of docs/openapi.json, right ones and wrong ones, against a running system: every example, every boundary of
 * every schema, and what else fits into `seconds`. The same seed makes the same requests. Answers what Schemathesis said,
 * and whether all was as documented.
 */
export async function schemathesis(
  system: System,
  { command, token, seed, seconds }: { command: string; token: string; seed: number; seconds: number },
): Promise<{ ok: boolean; said: string }> {
  const out = join(root, '.cache', 'schemathesis-run')
  mkdirSync(out, { recursive: true })
  const args = [
    'run',
    join(root, 'docs', 'openapi.json'),
    ...['--url', system.api],
    ...['--header', `Authorization: Bearer ${token}`],
    ...['--seed', String(seed)],
    ...['--max-examples', '4'],
    ...['--max-time', String(seconds)],
    ...['--phases', 'examples,coverage,fuzzing'],
    ...['--checks', checks.join(',')],
    ...['--max-redirects', '0'],
    ...['--request-timeout', '60'],
    // One: Python 3.11 may take its own parser's depth of one thread for another's, and ends the run with that.
    ...['--workers', '1'],
    '--no-shrink',
    '--continue-on-failure',
    ...['--suppress-health-check', 'all'],
    ...['--warnings', 'off'],
    ...Object.keys(leftOut).flatMap((name) => ['--exclude-operation-id', name]),
  ]
  const child = spawn(command, args, {
    cwd: out,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  let said = ''
  const keep = (chunk: Buffer) => {
    said += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  return { ok: code === 0, said }
}
