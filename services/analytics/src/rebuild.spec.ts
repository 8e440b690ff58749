import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Rest, requests } from '@pf/contracts'
import { said, uuid } from './testing/lake.ts'
import { RunningAnalytics, until } from './testing/running-analytics.ts'

const { analytics } = requests
/** DuckDB files are opened and built here, perhaps on a busy machine. */
const patienceMs = 120_000
const accountId = uuid(10)
const row = (id: number) => said({ id, account: accountId, date: '2026-05-03', minor: -100 * id })

describe('building marts anew', () => {
  let running: RunningAnalytics
  let asked = 0

  beforeEach(async () => {
    running = await RunningAnalytics.start()
    for (const n of [1, 2, 3]) await running.store(accountId, row(n))
    await until(
      () => running.count(),
      (count) => count === 3,
    )
  }, patienceMs)
  afterEach(() => running.end(), patienceMs)

  const options = () => ({ principal: running.principal, deadlineMs: 60_000 })
  const start = () =>
    running.platform.bus.call(
      analytics.rebuild,
      { rebuildId: uuid(700 + ++asked), commandId: `rebuild-${asked}` },
      options(),
    )
  const get = (id: string) => running.platform.bus.call(analytics.getRebuild, { id }, options())
  const settled = (id: string): Promise<Rest.Rebuild> =>
    until(
      () => get(id),
      ({ status }) => status !== 'building',
    )
  const over = (id: string): Promise<Rest.Rebuild> =>
    until(
      () => get(id),
      ({ finished_at }) => finished_at !== null,
    )
  const files = (prefix: string) => readdirSync(running.martFolder).filter((name) => name.startsWith(prefix))

  /** As a bug or a bad disk would: a row of the marts is not what the lake says. */
  async function tamper(): Promise<void> {
    await running.stop()
    const instance = await DuckDBInstance.create(running.martPath)
    const connection = await instance.connect()
    await connection.run(`delete from main.fct_transactions where transaction_id = '${uuid(2)}'`)
    await connection.run('checkpoint')
    connection.closeSync()
    instance.closeSync()
    await running.startAgain()
  }
  async function eventTypes(): Promise<string[]> {
    const { spaceId } = running.principal
    const messages = await running.platform.eventLog.load(`evt.analytics.mart_rebuild.${spaceId}.${spaceId}`)
    return messages.map(({ headers }) => String(headers['ce-type']).replace('MartRebuild', ''))
  }

  it(
    'ends by itself where nothing differs, with counts, sums, digests and proof of both',
    async () => {
      const { id, status } = await start()
      expect(status).toBe('building')
      const done = await over(id)
      expect(done).toMatchObject({
        status: 'switched',
        progress: { files: 6, files_loaded: 6, rows_loaded: 6 },
        comparison: {
          same: true,
          sums: [{ currency: 'GBP', before: { amount: '-6.00' }, after: { amount: '-6.00' } }],
          transactions: [],
        },
        error: null,
      })
      const table = done.comparison?.tables.find(({ name }) => name === 'fct_transactions')
      expect(table?.before).toEqual({ rows: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
      expect(table?.after).toEqual(table?.before)
      expect(done.comparison?.proof.reduce((days, { after }) => days + after, 0)).toBeGreaterThan(0)
      expect(await eventTypes()).toEqual(['Started', ...Array(6).fill('Progressed'), 'Compared', 'Switched'])
      expect([files('rebuild-'), files('old-')]).toEqual([[], [expect.stringContaining(id)]])
      expect(await running.count()).toBe(3)
      expect((await running.platform.bus.call(analytics.rebuilds, {}, options())).items).toEqual([done])
    },
    patienceMs,
  )

  it(
    'takes a sync in that arrives meanwhile, and goes on with syncs afterwards',
    async () => {
      const { id } = await start()
      await running.store(accountId, row(4))
      expect((await over(id)).status).toBe('switched')
      await until(
        () => running.count(),
        (count) => count === 4,
      )
      await running.store(accountId, row(5))
      await until(
        () => running.count(),
        (count) => count === 5,
      )
    },
    patienceMs,
  )

  it(
    'never shows fewer rows to who reads meanwhile',
    async () => {
      const { id } = await start()
      const seen = new Set<number>()
      await until(
        async () => {
          seen.add(await running.count())
          return get(id)
        },
        ({ finished_at }) => finished_at !== null,
      )
      seen.add(await running.count())
      expect([...seen]).toEqual([3])
    },
    patienceMs,
  )

  describe('that finds a difference', () => {
    beforeEach(tamper, patienceMs)

    it(
      'waits for its owner, who may switch',
      async () => {
        expect(await running.count()).toBe(2)
        const { id } = await start()
        const compared = await settled(id)
        expect(compared).toMatchObject({
          status: 'compared',
          finished_at: null,
          comparison: {
            same: false,
            sums: [{ currency: 'GBP', before: { amount: '-4.00' }, after: { amount: '-6.00' } }],
            transactions: [uuid(2)],
          },
        })
        const table = compared.comparison?.tables.find(({ name }) => name === 'fct_transactions')
        expect(table).toMatchObject({ same: false, before: { rows: 2 }, after: { rows: 3 } })
        expect(await running.count()).toBe(2)
        await expect(start()).rejects.toMatchObject({ code: 'rebuild_running' })
        // What arrives while it waits is in the new marts as well (its month is another: that of the difference would heal).
        await running.store(accountId, said({ id: 4, account: accountId, date: '2025-01-10', minor: -400 }))
        await until(
          () => running.count(),
          (count) => count === 3,
        )
        const input = { id, commandId: 'switch' }
        const switched = await running.platform.bus.call(analytics.switchRebuild, input, options())
        expect(switched).toMatchObject({ status: 'switched', old_kept_until: expect.any(String) })
        expect(await running.platform.bus.call(analytics.switchRebuild, input, options())).toEqual(switched)
        expect(await running.count()).toBe(4)
      },
      patienceMs,
    )
    it(
      'says so where its file is gone when its owner switches, and is begun once more',
      async () => {
        const { id } = await start()
        await settled(id)
        for (const name of files('rebuild-')) rmSync(join(running.martFolder, name))
        const input = { id, commandId: 'switch' }
        const lost = await running.platform.bus.call(analytics.switchRebuild, input, options())
        expect(lost).toMatchObject({ status: 'failed', error: { detail: expect.stringContaining('begun once more') } })
        expect(await running.count()).toBe(2)
        const { items } = await running.platform.bus.call(analytics.rebuilds, {}, options())
        const again = String(items[0]?.id)
        expect([items.length, lost.error?.detail]).toEqual([2, expect.stringContaining(again)])
        expect(await settled(again)).toMatchObject({ status: 'compared', comparison: { transactions: [uuid(2)] } })
        const switched = { id: again, commandId: 'switch-again' }
        expect((await running.platform.bus.call(analytics.switchRebuild, switched, options())).status).toBe('switched')
        expect(await running.count()).toBe(3)
      },
      patienceMs,
    )
    it(
      'is discarded where its owner says so, and another may start',
      async () => {
        const { id } = await start()
        await settled(id)
        const input = { id, commandId: 'discard' }
        const discarded = await running.platform.bus.call(analytics.discardRebuild, input, options())
        expect(discarded.status).toBe('discarded')
        expect([await running.count(), files('rebuild-')]).toEqual([2, []])
        await expect(
          running.platform.bus.call(analytics.switchRebuild, { id, commandId: 'late' }, options()),
        ).rejects.toMatchObject({ code: 'rebuild_not_compared' })
        expect((await start()).status).toBe('building')
      },
      patienceMs,
    )
  })

  it(
    'stops where its owner discards it under way, and leaves nothing behind',
    async () => {
      const { id } = await start()
      await until(eventTypes, (types) => types.includes('Progressed'))
      const input = { id, commandId: 'discard' }
      const outcome = await running.platform.bus
        .call(analytics.discardRebuild, input, options())
        .then(({ status }) => status)
        .catch((error: { code?: string }) => error.code)
      // It may have been faster than its owner: then it was switched, and is not discarded any more.
      expect(['discarded', 'rebuild_not_compared']).toContain(outcome)
      await until(
        async () => files('rebuild-'),
        (found) => found.length === 0,
      )
      expect((await over(id)).status).toBe(outcome === 'discarded' ? 'discarded' : 'switched')
      expect(await running.count()).toBe(3)
    },
    patienceMs,
  )

  it(
    'goes on after a stop under way, and builds each file once',
    async () => {
      const { id } = await start()
      await until(eventTypes, (types) => types.length > 1)
      await running.stop()
      await running.startAgain()
      expect((await over(id)).status).toBe('switched')
      expect((await eventTypes()).filter((type) => type === 'Progressed').length).toBeLessThanOrEqual(20)
      expect(await running.count()).toBe(3)
    },
    patienceMs,
  )

  it(
    'fails in words where the lake has a hole, and leaves the old marts as they are',
    async () => {
      await running.loseLake()
      const { id } = await start()
      expect(await over(id)).toMatchObject({ status: 'failed', error: { code: 'rebuild_failed' } })
      // It is told first and tidied after.
      await until(
        async () => files('rebuild-'),
        (left) => left.length === 0,
      )
      expect([await running.count(), files('old-')]).toEqual([3, []])
    },
    patienceMs,
  )

  it(
    'is for who has something stored, and nobody sees the rebuilds of another',
    async () => {
      const { id } = await start()
      const stranger = { principal: await running.newPrincipal(), deadlineMs: 60_000 }
      const { bus } = running.platform
      expect(await bus.call(analytics.rebuilds, {}, stranger)).toEqual({ items: [] })
      const refused = { code: 'rebuild_not_found' }
      await expect(bus.call(analytics.getRebuild, { id }, stranger)).rejects.toMatchObject(refused)
      await expect(bus.call(analytics.switchRebuild, { id, commandId: 'x' }, stranger)).rejects.toMatchObject(refused)
      await expect(bus.call(analytics.discardRebuild, { id, commandId: 'y' }, stranger)).rejects.toMatchObject(refused)
      const empty = bus.call(analytics.rebuild, { rebuildId: uuid(1), commandId: 'z' }, stranger)
      await expect(empty).rejects.toMatchObject({ code: 'rebuild_empty' })
      await over(id)
    },
    patienceMs,
  )

  it(
    'is told of by the status of the marts',
    async () => {
      const before = await running.platform.bus.call(analytics.status, {}, options())
      expect(before.items).toContainEqual({
        name: 'fct_transactions',
        version: expect.stringMatching(/^[0-9a-f]{16}$/),
        rows: 3,
        ...before.as_of,
      })
      await over((await start()).id)
      const after = await running.platform.bus.call(analytics.status, {}, options())
      expect(Date.parse(after.as_of.built_at ?? '')).toBeGreaterThan(Date.parse(before.as_of.built_at ?? ''))
      expect(after.as_of.log_position).toBe(before.as_of.log_position)
    },
    patienceMs,
  )
})
