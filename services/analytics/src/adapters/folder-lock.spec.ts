import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { lockFolder } from './folder-lock.ts'

const patienceMs = 30_000

describe('the lock of a folder of marts', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pf-lock-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is held once within a process, and free again after its release', async () => {
    const lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'analytics_folder_in_use' })
    lock.release()
    const again = await lockFolder(folder)
    again.release()
  })

  it(
    'keeps out another process, says which one has it, and is free when that one was killed',
    async () => {
      const api = pathToFileURL(createRequire(import.meta.url).resolve('@duckdb/node-api')).href
      const script = `
        const { DuckDBInstance } = (await import(${JSON.stringify(api)})).default
        globalThis.instance = await DuckDBInstance.create(${JSON.stringify(join(folder, 'in-use.duckdb'))})
        process.stdout.write('held')
        setInterval(() => undefined, 1000)`
      const other = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(other, 'exit')
      try {
        await Promise.race([once(other.stdout, 'data'), ended])
        await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${other.pid}`)
      } finally {
        other.kill('SIGKILL')
        await ended
      }
      const lock = await lockFolder(folder)
      lock.release()
    },
    patienceMs,
  )

  it('is taken where a crash tore its file', async () => {
    writeFileSync(join(folder, 'in-use.duckdb'), 'torn')
    const lock = await lockFolder(folder)
    lock.release()
  })
})
