import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Rest, requests } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { readSealed } from '@pf/service-kit'
import { said, uuid } from './testing/lake.ts'
import { RunningAnalytics, until } from './testing/running-analytics.ts'

const { analytics } = requests
/** DuckDB files are opened and built here, perhaps on a busy machine. */
const patienceMs = 120_000
const accountId = uuid(10)
const row = (id: number) => said({ id, account: accountId, date: '2026-05-03', minor: -100 * id })

describe('an export of everything', () => {
  let running: RunningAnalytics
  let asked = 0
  const folder = mkdtempSync(join(tmpdir(), 'pf-export-'))

  beforeAll(async () => {
    running = await RunningAnalytics.start()
    const { keys, objects } = running.platform
    const { spaceId } = running.principal
    for (const n of [1, 2, 3]) await running.store(accountId, row(n))
    await keys.createAccountKey(spaceId, accountId)
    const answer = Buffer.from('{"transactions":"as the bank said"}')
    await objects.put(
      `raw/${spaceId}/${accountId}/run/sync.json.zst`,
      await keys.sealObject(spaceId, accountId, answer),
    )
    await until(
      () => running.count(),
      (count) => count === 3,
    )
  }, patienceMs)
  afterAll(async () => {
    await running.end()
    rmSync(folder, { recursive: true })
  }, patienceMs)

  const options = () => ({ principal: running.principal, deadlineMs: 60_000 })
  const bus = () => running.platform.bus
  async function documents() {
    const { keys, objects } = running.platform
    const { spaceId } = running.principal
    await keys.createAccountKey(spaceId, spaceId)
    const bytes = Buffer.from(JSON.stringify({ me: { username: 'sam' }, accounts: { items: [] } }))
    const key = `upload/${spaceId}/${++asked}`
    await objects.put(key, await keys.sealObject(spaceId, spaceId, bytes))
    return { key, sha256: sha256(bytes), bytes: bytes.length }
  }
  const request = async (laid?: Awaited<ReturnType<typeof documents>>): Promise<Rest.DataExport> => {
    const input = { documents: laid ?? (await documents()), exportId: uuid(800 + asked), commandId: `export-${asked}` }
    return bus().call(analytics.requestExport, input, options())
  }
  const settled = ({ id }: Rest.DataExport): Promise<Rest.DataExport> =>
    until(
      () => bus().call(analytics.dataExport, { id }, options()),
      ({ status }) => status !== 'preparing',
    )
  const pieces = async (prefix: string) => {
    const keys: string[] = []
    for await (const { key } of running.platform.objects.list(prefix)) keys.push(key)
    return keys
  }
  /** Read by a program that is not ours. */
  function python(archive: string, script: string): unknown {
    const code = `import sys, json, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; ${script}`
    const { status, stdout, stderr } = spawnSync('python3', ['-c', code, archive], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout)
  }

  it(
    'holds documents, rows, lake and what the bank said, in a ZIP that others read',
    async () => {
      const { spaceId } = running.principal
      const done = await settled(await request())
      expect(done).toMatchObject({ status: 'ready', error: null })
      const file = await bus().call(analytics.exportFile, { id: done.id }, options())
      const read: Uint8Array[] = []
      for await (const piece of readSealed(running.platform, spaceId, file)) read.push(piece)
      const bytes = Buffer.concat(read)
      expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([done.bytes, done.sha256])
      const archive = join(folder, 'all.zip')
      writeFileSync(archive, bytes)
      const names = python(archive, 'print(json.dumps(z.namelist()))') as string[]
      expect(names.slice(0, 5)).toEqual([
        'README.txt',
        'api/me.json',
        'api/accounts.json',
        'transactions.csv',
        'transactions.parquet',
      ])
      expect(names.filter((name) => name.startsWith('lake/observations'))).toHaveLength(3)
      expect(names).toContain(`raw/${accountId}/run/sync.json`)
      const text = (name: string) => python(archive, `print(json.dumps(z.read("${name}").decode()))`) as string
      expect(JSON.parse(text('api/me.json'))).toEqual({ username: 'sam' })
      expect(text('transactions.csv').trim().split('\n')).toHaveLength(4)
      expect(text(`raw/${accountId}/run/sync.json`)).toBe('{"transactions":"as the bank said"}')
      expect(await pieces(`upload/${spaceId}/`)).toEqual([])
      expect(await pieces(`export/${spaceId}/${done.id}/`)).toHaveLength(1)
    },
    patienceMs,
  )

  it(
    'is gone when its owner deletes it, and when an erasure takes a part of it',
    async () => {
      const { spaceId } = running.principal
      const erasureId = uuid(990)
      const scope = { of: 'connection' as const, spaceId, connectionId: uuid(2), accountIds: [uuid(99)] }
      for (const remove of [
        (id: string) => bus().call(analytics.deleteExport, { id, commandId: `delete-${id}` }, options()),
        async () => {
          await running.platform.ledger.append({ fact: 'erasing', erasureId, scope })
          await bus().call(analytics.erase, { erasureId, scope }, options())
        },
      ]) {
        const { id } = await settled(await request())
        await remove(id)
        expect(await bus().call(analytics.dataExport, { id }, options())).toMatchObject({ status: 'deleted' })
        await expect(bus().call(analytics.exportFile, { id }, options())).rejects.toMatchObject({
          code: 'export_not_found',
        })
        expect(await pieces(`export/${spaceId}/${id}/`)).toEqual([])
      }
    },
    patienceMs,
  )

  it(
    'says so where what it is made of is lost, and another one can be asked for',
    async () => {
      const lost = await documents()
      await running.platform.objects.delete(lost.key)
      const failed = await settled(await request(lost))
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'export_failed' } })
      expect(failed.error?.detail).toContain('ask for an export again')
      expect(await settled(await request())).toMatchObject({ status: 'ready' })
    },
    patienceMs,
  )

  it(
    "is nobody's but its owner's",
    async () => {
      const { id } = await settled(await request())
      const principal = await running.newPrincipal()
      for (const operation of [analytics.dataExport, analytics.exportFile])
        await expect(bus().call(operation, { id }, { principal })).rejects.toMatchObject({ code: 'export_not_found' })
      expect((await bus().call(analytics.dataExports, {}, { principal })).items).toEqual([])
    },
    patienceMs,
  )
})
