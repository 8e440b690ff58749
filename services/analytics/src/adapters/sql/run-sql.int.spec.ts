import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { MartRegistry, SqlRunner } from '../../application/ports.ts'
import { type Bounds, defaultBounds } from '../../bounds.ts'
import { account, said } from '../../testing/lake.ts'
import { openSpaces, type Spaces } from '../../testing/space.ts'
import { describeDatasets } from '../dataset-descriptions.ts'
import { loadModels } from '../models.ts'
import { openMartCopies } from './mart-copies.ts'
import { createSqlRunner } from './run-sql.ts'

/** Processes are started here, perhaps on a busy machine. */
const patienceMs = 120_000
const never = new AbortController().signal
const models = loadModels()

describe("the owner's SQL", () => {
  let spaces: Spaces
  let runner: SqlRunner
  let folder: string
  let tests = 0

  async function start(
    overrides: Partial<Bounds> = {},
    registry: Pick<MartRegistry, 'read' | 'still'> = spaces.registry,
  ) {
    const bounds = { ...defaultBounds, sqlTimeoutMs: 60_000, ...overrides }
    folder = join(spaces.folder, `copies-${++tests}`)
    runner = createSqlRunner(await openMartCopies({ folder, registry, models, bounds }), bounds)
  }
  const ask = async (sql: string, spaceId = 's1', signal = never) => {
    const { columns, rows, truncated } = await runner.ask(spaceId, sql, signal)
    return { columns: JSON.parse(columns), rows: JSON.parse(rows), truncated }
  }
  const refusal = (sql: string) =>
    runner.ask('s1', sql, never).then(
      ({ rows }) => `answered ${rows}`,
      (error: { code?: string; detail?: string; message: string }) => `${error.code ?? error.message}: ${error.detail}`,
    )

  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(
      's1',
      account('current'),
      said({ id: 1, date: '2026-05-03', minor: -1234, text: 'TESCO' }),
      said({ id: 2, date: '2026-05-04', minor: -500, text: 'HUGE' }),
    )
    await spaces.sync('s2', said({ id: 3, date: '2026-05-03', minor: -777, text: 'OF ANOTHER SPACE' }))
  }, patienceMs)
  beforeEach(() => start(), patienceMs)
  afterEach(() => runner.stop(), patienceMs)
  afterAll(() => spaces.remove(), patienceMs)

  it(
    'is answered with types, every digit, days and instants',
    async () => {
      const answer =
        await ask(`select amount_minor - 9007199254740993 as huge, amount, date, 0.5::double as half, [1, 2] as list,
        timestamptz '2026-05-01 10:00:00.000001+02' as at, null as nothing from fct_transactions order by date`)
      expect(answer).toEqual({
        columns: [
          { name: 'huge', type: 'BIGINT' },
          { name: 'amount', type: 'DECIMAL(20,4)' },
          { name: 'date', type: 'DATE' },
          { name: 'half', type: 'DOUBLE' },
          { name: 'list', type: 'INTEGER[]' },
          { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
          { name: 'nothing', type: 'INTEGER' },
        ],
        rows: [
          ['-9007199254742227', '-12.3400', '2026-05-03', 0.5, [1, 2], '2026-05-01T08:00:00.000001Z', null],
          ['-9007199254741493', '-5.0000', '2026-05-04', 0.5, [1, 2], '2026-05-01T08:00:00.000001Z', null],
        ],
        truncated: false,
      })
    },
    patienceMs,
  )

  it.each([
    'with t as (select * from fct_transactions) select count(*) from t',
    'from fct_transactions select count(*)',
    'select count(*) from mart.main.fct_transactions;',
    'select 2 -- ; drop table fct_transactions',
    'select count(*) from (pivot fct_transactions on status in (booked, pending) using sum(amount) group by currency), range(2)',
  ])('may be %s', async (sql) => expect((await ask(sql)).rows).toEqual([[expect.anything()]]), patienceMs)

  it(
    'shows tables and their columns',
    async () => {
      expect((await ask('show tables')).rows.flat()).toContain('fct_transactions')
      expect((await ask('describe fct_transactions')).rows.length).toBeGreaterThan(5)
      expect((await ask('select * from seed.categories')).rows.length).toBeGreaterThan(5)
    },
    patienceMs,
  )

  it(
    'reaches every table and view that the datasets name',
    async () => {
      const datasets = await describeDatasets(models)
      expect(datasets.length).toBeGreaterThan(6)
      const { rows } = await ask(`select ${datasets.map(({ name }) => `(select count(*) from ${name})`).join(', ')}`)
      expect(rows).toHaveLength(1)
    },
    patienceMs,
  )

  describe('is refused in words', () => {
    it.each([
      ['selec 1', 'Line 1, column 1: syntax error at or near "selec"'],
      ['select amount,\n  amout from fct_transactions', 'Line 2, column 3: Referenced column "amout" not found'],
      ["select 'é', nowhere from fct_transactions", 'Line 1, column 13: Referenced column "nowhere"'],
      ['select * from fct_transaction', 'Did you mean "fct_transactions"? GET /analytics/datasets lists the tables.'],
      ["select 'x'::date", 'Conversion|invalid date'],
      ['select $1', 'Found parameters'],
      ['', 'SELECT'],
      ['-- nothing', 'SELECT'],
      ['pivot fct_transactions on status using sum(amount)', 'A PIVOT has to list its values'],
    ])(
      '%j',
      async (sql, words) => {
        const found = await refusal(sql)
        expect(found).toMatch(/^query_invalid: /)
        expect(found).toMatch(new RegExp(words.replaceAll(/[?."[\]]/g, '\\$&')))
      },
      patienceMs,
    )
  })

  describe('cannot leave its copy, change anything or learn of the machine', () => {
    const secret = () => join(spaces.folder, 'marts', 's2', 'mart.duckdb')
    const attempts: (string | (() => string))[] = [
      "copy fct_transactions to '/tmp/stolen.csv'",
      "copy (select 1) to '/tmp/stolen.parquet'",
      "export database '/tmp/stolen'",
      "import database '/tmp/stolen'",
      () => `attach '${secret()}' as other`,
      () => `select * from '${secret()}'`,
      () => `select * from read_duckdb('${secret()}', table_name = 'fct_transactions')`,
      'install httpfs',
      'load httpfs',
      'update extensions',
      "select * from read_csv('/etc/passwd')",
      "select * from read_csv_auto('/etc/passwd')",
      "select * from read_text('/etc/passwd')",
      "select * from read_blob('/etc/passwd')",
      "select * from read_json('/etc/passwd')",
      "select * from read_parquet('/tmp/x.parquet')",
      "select * from parquet_metadata('/tmp/x.parquet')",
      "select * from sniff_csv('/etc/passwd')",
      "select * from glob('/*')",
      "select * from '/etc/passwd'",
      "select * from 'x.parquet'",
      "select * from 'https://example.com/x.parquet'",
      "select (select content from read_text('/etc/passwd'))",
      "with t as (select * from read_text('/etc/passwd')) select 1",
      'set threads = 8',
      'set enable_external_access = true',
      'reset memory_limit',
      'pragma threads = 8',
      'pragma database_list',
      'pragma enable_profiling',
      'call duckdb_settings()',
      'select 1; select 2',
      "commit; insert into fct_transactions by name select 'x' as account_id",
      'begin',
      'insert into fct_transactions select * from fct_transactions',
      'delete from fct_transactions',
      'update fct_transactions set amount = 0',
      'create table mine as select 1',
      'create temp table mine as select 1',
      'drop table fct_transactions',
      'with gone as (delete from fct_transactions returning *) select * from gone',
      'prepare p as select 1',
      'execute p',
      'explain analyze select 1',
      'vacuum',
      'checkpoint',
      'detach mart',
      'use memory',
      "select getenv('HOME')",
      "select * from query('select 1')",
      "select * from query_table('fct_transactions')",
      "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
      'select * from duckdb_settings()',
      'select * from duckdb_secrets()',
      "select current_setting('allowed_paths')",
      "select CURRENT_SETTING('temp_directory')",
      "select x.current_setting('memory_limit') from fct_transactions x",
      'show all tables; select 1',
      'select * from duckdb_databases()',
      'select * from system.main.duckdb_databases()',
      'select path from duckdb_databases',
      'select * from pragma_database_list',
      'select (select max(path) from duckdb_databases)',
      'select * from duckdb_extensions()',
      'select * from duckdb_logs()',
      "select * from enable_logging(storage = 'file', storage_config = {'path': '/tmp/stolen'})",
      "select * from force_checkpoint('mart')",
      "select * from which_secret('s3://x', 's3')",
      'select * from lake.decisions',
      'select * from mart.meta.files',
      'select * from memory.main.x',
      'select * from information_schema.tables',
      'select * from pg_catalog.pg_settings',
      'select * from sqlite_master',
    ]
    it.each(attempts.map((one) => [typeof one === 'string' ? one : String(one).slice(6), one] as const))(
      '%s',
      async (_, attempt) => {
        const before = readFileSync(secret())
        const found = await refusal(typeof attempt === 'string' ? attempt : attempt())
        expect(found).toMatch(/^query_invalid: /)
        expect(found).not.toContain(spaces.folder.split('/').at(-1))
        expect(readFileSync(secret()).equals(before)).toBe(true)
      },
      patienceMs,
    )

    it(
      'leaves nothing for the next question, and the marts as they were',
      async () => {
        await refusal("select * from enable_logging(storage = 'file', storage_config = {'path': '/tmp/stolen'})")
        expect((await ask('select count(*) from fct_transactions')).rows).toEqual([['2']])
        const settings = await spaces.registry.read('s1', (query) =>
          query(
            `select current_setting('enable_external_access') as open, current_setting('lock_configuration') as locked`,
          ),
        )
        expect(settings).toEqual([{ open: true, locked: false }])
        expect(existsSync('/tmp/stolen')).toBe(false)
      },
      patienceMs,
    )
  })

  describe('is bounded', () => {
    it.each([
      ['time', 'with recursive t as (select 1 as n union all select n + 1 from t) select max(n) from t where n < 0'],
      ['time', 'select sum(a.range * b.range) from range(10000000) a, range(10000000) b'],
    ])(
      'in %s: %s',
      async (_, sql) => {
        await runner.stop()
        await start({ sqlTimeoutMs: 4_000 })
        expect(await refusal(sql)).toMatch(/^query_(timeout|too_large): /)
        expect((await ask('select 1')).rows).toEqual([[1]])
      },
      patienceMs,
    )
    it.each([
      'select list(a.range) from range(100000000) a',
      "select max(repeat('x', 1000000) || range) from range(10000) group by range",
      'select a.range as k, list(b.range) from range(10000) a, range(100000) b group by k',
    ])('in memory: %s', async (sql) => expect(await refusal(sql)).toMatch(/^query_(too_large|timeout): /), patienceMs)
    it(
      'in memory where DuckDB does not count it',
      async () => {
        await runner.stop()
        await start({ sqlProcessMemoryMb: 1 })
        expect(await refusal('select sum(range) from range(10000000000)')).toMatch(/^query_too_large: /)
      },
      patienceMs,
    )
    it(
      'in rows and bytes: what fits is answered, and that there is more is said',
      async () => {
        const many = await ask('select range from range(100000000000)')
        expect([many.rows.length, many.truncated]).toEqual([defaultBounds.sqlRows, true])
        await runner.stop()
        await start({ sqlBytes: 1000 })
        const wide = await ask("select repeat('x', 300) from range(100)")
        expect([wide.rows.length, wide.truncated]).toEqual([3, true])
        expect(await refusal("select repeat('x', 2000)")).toMatch(/^query_too_large: One row has over 1000 bytes/)
      },
      patienceMs,
    )
    it(
      'and a regular expression takes time by the length of the text alone',
      async () =>
        expect((await ask("select regexp_matches(repeat('a', 100000), '(a+)+$|(a|a)*b')")).rows).toEqual([[true]]),
      patienceMs,
    )
    it(
      'in how many are asked at a time: one per space, the others wait, and past the line they are refused',
      async () => {
        await runner.stop()
        await start({ maxSqlWaiting: 2 })
        const answers = await Promise.allSettled([1, 2, 3, 4].map((n) => ask(`select ${n}`)))
        expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
        expect(answers[3]).toMatchObject({ reason: { code: 'overloaded' } })
      },
      patienceMs,
    )
  })

  it(
    'ends when nobody waits for the answer any more',
    async () => {
      const gone = new AbortController()
      const endless = ask('select sum(a.range * b.range) from range(10000000) a, range(10000000) b', 's1', gone.signal)
      await wait(300)
      gone.abort(new Error('the caller went away'))
      await expect(endless).rejects.toThrow('the caller went away')
      expect((await ask('select 1')).rows).toEqual([[1]])
    },
    patienceMs,
  )

  describe('on a copy', () => {
    it(
      'sees one space and no other',
      async () => {
        expect((await ask('select description from fct_transactions', 's2')).rows).toEqual([['OF ANOTHER SPACE']])
        expect((await ask('select count(*) from fct_transactions', 'nobody')).rows).toEqual([['0']])
      },
      patienceMs,
    )
    it(
      'that is taken when the marts have changed, and not otherwise',
      async () => {
        await spaces.sync('s3', said({ id: 1, date: '2026-05-03', minor: -1 }))
        const count = async () => (await ask('select count(*) from fct_transactions', 's3')).rows
        expect([await count(), await count()]).toEqual([[['1']], [['1']]])
        expect(readdirSync(folder)).toEqual(['1.duckdb'])
        await spaces.sync('s3', said({ id: 2, date: '2026-05-04', minor: -1 }))
        expect(await count()).toEqual([['2']])
        expect(readdirSync(folder)).toEqual(['2.duckdb'])
      },
      patienceMs,
    )
    it(
      'that holds what was committed while somebody reads',
      async () => {
        await spaces.sync('s4', said({ id: 1, date: '2026-05-03', minor: -1 }))
        await spaces.registry.read('s4', async (query) => {
          await query('select count(*) from mart.main.fct_transactions')
          await spaces.sync('s4', said({ id: 2, date: '2026-05-04', minor: -1 }))
          expect((await ask('select count(*) from fct_transactions', 's4')).rows).toEqual([['2']])
        })
      },
      patienceMs,
    )
    it(
      'of which there are few, and none when idle or stopped',
      async () => {
        await runner.stop()
        await start({ maxSqlCopies: 1, sqlCopyIdleMs: 100 })
        await ask('select 1', 's1')
        await ask('select 1', 's2')
        expect(readdirSync(folder).length).toBeLessThanOrEqual(1)
        for (const deadline = Date.now() + 20_000; readdirSync(folder).length > 0; await wait(20))
          if (Date.now() > deadline) throw new Error('An idle copy is still there after 20 s.')
        await ask('select 1', 's1')
        await runner.stop()
        expect(existsSync(folder)).toBe(false)
      },
      patienceMs,
    )
  })
})
