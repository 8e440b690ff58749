import { constants } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { messageOf, quoted } from '../duckdb.ts'
import type { FromChild, SqlLimits, ToChild } from './protocol.ts'
import { readRows } from './rows.ts'
import { prepareSelect } from './statement.ts'
import { refusalOf, tooLarge } from './words.ts'

/**
 * A process for one question of an owner, on a copy of their marts: whatever the SQL does ends with it. It reads no
 * environment, has no secrets, and its DuckDB reaches no file but the copy, which it cannot write.
 */
const watchMs = 50

async function ask({ path, sql, limits }: Extract<ToChild, { type: 'ask' }>): Promise<FromChild> {
  watchMemory(limits.processMemoryMb)
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${limits.memoryMb}MB`,
    errors_as_json: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Nothing is spilled, and the settings that name folders of this machine name none.
    temp_directory: '',
    home_directory: 'none',
    extension_directory: 'none',
    secret_directory: 'none',
  })
  const connection = await instance.connect()
  await connection.run(`set global TimeZone = 'UTC'`)
  await connection.run(`attach ${quoted(path)} as mart (read_only)`)
  await connection.run('use mart')
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
  try {
    const statement = await prepareSelect(connection, sql)
    return { type: 'answer', ...(await readRows(await statement.stream(), limits)) }
  } catch (error) {
    const { code, message } = refusalOf(sql, error)
    return { type: 'refused', code, detail: message }
  }
}

/** DuckDB's limit leaves out what it does not keep in its buffers: a list or a text of gigabytes. */
function watchMemory(processMemoryMb: SqlLimits['processMemoryMb']): void {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() <= processMemoryMb * 1024 * 1024) return
    clearInterval(timer)
    const { code, message } = tooLarge()
    process.send?.({ type: 'refused', code, detail: message } satisfies FromChild, end)
  }, watchMs)
}

async function copy({ files }: Extract<ToChild, { type: 'copy' }>): Promise<FromChild> {
  for (const { from, to } of files) await copyFile(from, to, constants.COPYFILE_FICLONE)
  return { type: 'copied' }
}

/** At once: a thread of DuckDB that still computes would hold up an orderly end. */
const end = () => process.kill(process.pid, 'SIGKILL')

process.on('disconnect', end)
process.on('message', (message: ToChild) => {
  const answer = message.type === 'ask' ? ask(message) : copy(message)
  answer
    .catch((error: unknown): FromChild => ({ type: 'failed', detail: messageOf(error) }))
    .then((said) => process.send?.(said))
})

// Where memory runs out all the same, the kernel ends this process first. Only Linux knows of it.
await writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined)
