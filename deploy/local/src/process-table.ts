import { spawnSync } from 'node:child_process'

/** When a process was started, as `ps` prints it, and its command line: together with the pid they name one process for good. */
export function processOf(pid: number): { startTime: string; command: string } | undefined {
  const ask = (field: string) =>
    spawnSync('ps', ['-o', `${field}=`, '-ww', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).stdout.trim()
  const startTime = ask('lstart')
  return startTime === '' ? undefined : { startTime, command: ask('args') }
}

export const startTimeOf = (pid: number): string | undefined => processOf(pid)?.startTime
