import { startSqlProcess } from './sql-process.ts'

const patienceMs = 60_000
const never = new AbortController().signal

describe('a process for SQL', () => {
  it(
    'that is killed from outside is told from one that ends by itself',
    async () => {
      const child = startSqlProcess()
      const answer = child.tell({ type: 'copy', files: [{ from: '/dev/zero', to: '/dev/null' }] }, never)
      process.kill(child.pid ?? 0, 'SIGKILL')
      await expect(answer).rejects.toMatchObject({ name: 'SqlProcessEnded', signal: 'SIGKILL' })
      await child.end()
    },
    patienceMs,
  )
  it(
    'tells what it could not do',
    async () => {
      const child = startSqlProcess()
      const said = await child.tell({ type: 'copy', files: [{ from: '/nowhere/a', to: '/nowhere/b' }] }, never)
      expect(said).toMatchObject({ type: 'failed', detail: expect.stringContaining('ENOENT') })
      await child.end()
      await child.end()
    },
    patienceMs,
  )
})
