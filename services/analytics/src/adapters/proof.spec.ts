import { join } from 'node:path'
import { defaultBounds } from '../bounds.ts'
import { account, balance, type LakeFolder, openLakeFolder, type Said, said } from '../testing/lake.ts'
import { type MartFile, openMartFile } from './mart-file.ts'
import { loadModels } from './models.ts'

const models = loadModels()
const now = new Date('2026-06-30T12:00:00Z')
type Rows = Parameters<LakeFolder['write']>

describe('the proof of balances', () => {
  let lake: LakeFolder
  const open: MartFile[] = []
  let marts = 0

  beforeAll(async () => {
    lake = await openLakeFolder()
  })
  afterEach(async () => {
    for (const mart of open.splice(0)) await mart.close()
  })
  afterAll(() => lake.remove())

  /** A mart after these syncs, one after another. */
  async function after(...syncs: Rows[]): Promise<MartFile> {
    const path = join(lake.path, `${++marts}.duckdb`)
    const mart = await openMartFile(path, { models, bounds: defaultBounds, create: true })
    open.push(mart)
    let seq = 0
    for (const rows of syncs) await mart.load(await lake.write(...rows), ++seq, now)
    return mart
  }
  const ask = (mart: MartFile, sql: string) => mart.read((query) => query(sql))

  /** Per interval: its last day, what is unexplained, and the verdict. */
  async function proof(...syncs: Rows[]) {
    const mart = await after([account('current'), account('savings')], ...syncs)
    const rows = await ask(
      mart,
      `select balance_kind, strftime(to_date, '%d') as day, difference_minor, status, reason
      from mart.main.fct_balance_proof order by account_id, balance_kind, to_at`,
    )
    return rows.map((row) =>
      [row['balance_kind'], row['day'], Number(row['difference_minor']), row['status'], row['reason']]
        .filter((part) => part !== null)
        .join(' '),
    )
  }
  async function days(...syncs: Rows[]) {
    const mart = await after([account('current')], ...syncs)
    const rows = await ask(
      mart,
      `select strftime(date, '%d') as day, status, reason from mart.main.fct_proof_days where account_id = 'current' order by date`,
    )
    return rows.map((row) => [row['day'], row['status'], row['reason']].filter((part) => part !== null).join(' '))
  }

  /** What was read on a morning of May: the rows that were new, then the balance. */
  const morning = (
    day: number,
    minor: number | undefined,
    ...rows: (Omit<Said, 'date'> & { date?: string })[]
  ): Rows => {
    const date = `2026-05-${String(day).padStart(2, '0')}`
    return [
      ...rows.map((row) => said({ date, observedAt: `${date}T04:00:00Z`, ...row })),
      ...(minor === undefined ? [] : [balance('current', minor, `${date}T04:00:05Z`)]),
    ]
  }
  const closing = (day: number, minor: number, readOn = day + 1) => {
    const text = (n: number) => `2026-05-${String(n).padStart(2, '0')}`
    const more = { balance_type: 'closingBooked', reference_date: text(day) }
    return balance('current', minor, `${text(readOn)}T04:00:05Z`, more)
  }

  it('holds where the balance moves by what became known as booked', async () => {
    expect(
      await proof(
        morning(1, 1000, { id: 1, minor: -50 }),
        morning(2, 900, { id: 2, minor: -60 }, { id: 3, minor: -40 }),
        morning(3, 900),
      ),
    ).toEqual(['interim 02 0 verified', 'interim 03 0 verified'])
  })

  it('finds the interval in which a row is missing', async () => {
    expect(
      await proof(morning(1, 1000), morning(2, 930, { id: 2, minor: -60 }), morning(3, 900, { id: 3, minor: -30 })),
    ).toEqual(['interim 02 -10 gap', 'interim 03 0 verified'])
  })

  it('counts a row when it was first known as booked, whatever became of its texts and day', async () => {
    expect(
      await proof(
        morning(1, 1000),
        morning(2, 1000, { id: 2, minor: -60, status: 'pending' }),
        morning(3, 940, { id: 2, minor: -60, seq: 3, prevDate: '2026-05-02', kind: 'booked_from_pending' }),
        morning(4, 940, { id: 2, minor: -60, seq: 4, prevDate: '2026-05-03' }),
        morning(5, 940, { id: 2, minor: -60, seq: 5, prevDate: '2026-05-04', missing: true, kind: 'vanished' }),
      ),
    ).toEqual(['interim 02 0 verified', 'interim 03 0 verified', 'interim 04 0 verified', 'interim 05 0 verified'])
  })

  it('is moved by no pending row, nor by the end of one', async () => {
    expect(
      await proof(
        morning(1, 1000),
        morning(2, 1000, { id: 2, minor: -60, status: 'pending' }),
        morning(3, 1000, { id: 2, minor: -60, seq: 3, prevDate: '2026-05-02', status: 'gone', kind: 'pending_gone' }),
      ),
    ).toEqual(['interim 02 0 verified', 'interim 03 0 verified'])
  })

  it('is healed by the word of the user, for the interval where the row came twice', async () => {
    const twice = [
      morning(1, 1000),
      morning(2, 940, { id: 2, minor: -60 }),
      morning(3, 940, { id: 3, minor: -60 }),
    ] as const
    expect(await proof(...twice)).toEqual(['interim 02 0 verified', 'interim 03 60 gap'])
    const merged = [
      said({ id: 3, date: '2026-05-03', minor: -60, seq: 9, prevDate: '2026-05-03', status: 'gone', kind: 'merged' }),
    ]
    expect(await proof(...twice, merged)).toEqual(['interim 02 0 verified', 'interim 03 0 verified'])
  })

  describe('a balance that was read a moment after the rows', () => {
    it('is right, as soon as the next fetch brings what it held already', async () => {
      expect(
        await proof(
          morning(1, 1000),
          morning(2, 900, { id: 2, minor: -60 }),
          morning(3, 850, { id: 3, minor: -40, date: '2026-05-02' }, { id: 4, minor: -50 }),
        ),
      ).toEqual(['interim 02 -40 verified booked_late', 'interim 03 40 verified booked_late'])
    })
    it('may hold all of a day', async () => {
      const night = { date: '2026-05-02' }
      expect(
        await proof(
          morning(1, 1000),
          morning(2, 900, { id: 2, minor: -60 }),
          morning(3, 850, { id: 3, minor: -30, ...night }, { id: 4, minor: -10, ...night }, { id: 5, minor: -50 }),
        ),
      ).toEqual(['interim 02 -40 verified booked_late', 'interim 03 40 verified booked_late'])
    })
    it('waits, where the row is still pending', async () => {
      expect(await proof(morning(1, 1000), morning(2, 960, { id: 2, minor: -40, status: 'pending' }))).toEqual([
        'interim 02 -40 unverified balance_ahead',
      ])
    })
    it('is not excused by any two intervals that happen to differ by the same', async () => {
      expect(
        await proof(morning(1, 1000), morning(2, 900, { id: 2, minor: -60 }), morning(3, 890, { id: 3, minor: -50 })),
      ).toEqual(['interim 02 -40 gap', 'interim 03 40 gap'])
    })
  })

  it('knows a balance that the bank had not brought up to date', async () => {
    expect(
      await proof(morning(1, 1000), morning(2, 1000, { id: 2, minor: -60 }), morning(3, 900, { id: 3, minor: -40 })),
    ).toEqual(['interim 02 60 verified booked_late', 'interim 03 -60 verified booked_late'])
  })

  it('leaves out what was in the first balance, whoever tells of it later', async () => {
    expect(
      await proof(
        morning(1, 1000, { id: 1, minor: -50, date: '2026-03-20' }),
        morning(
          2,
          1000,
          { id: 2, minor: -700, date: '2026-02-03', source: 'file-csv' },
          {
            id: 3,
            minor: -20,
            date: '2026-02-04',
          },
        ),
      ),
    ).toEqual(['interim 02 0 verified'])
  })

  it('counts a row that a file tells of on its own day', async () => {
    expect(
      await proof(
        morning(1, 1000),
        morning(2, 1000),
        morning(3, 960),
        morning(4, 960, { id: 1, minor: -40, date: '2026-05-02', source: 'file-csv' }),
      ),
    ).toEqual(['interim 02 0 verified', 'interim 03 0 verified', 'interim 04 0 verified'])
  })

  describe('closing balances', () => {
    it('are compared by their day, however late they are read', async () => {
      expect(
        await proof([
          ...morning(
            9,
            undefined,
            { id: 1, minor: -10, date: '2026-05-02' },
            { id: 2, minor: -20, date: '2026-05-03' },
          ),
          closing(1, 1000, 9),
          closing(2, 990, 9),
          closing(3, 970, 9),
        ]),
      ).toEqual(['closing 02 0 verified', 'closing 03 0 verified'])
    })
    it('are what an opening balance says of the day before', async () => {
      const opening = balance('current', 990, '2026-05-09T04:00:05Z', {
        balance_type: 'openingBooked',
        reference_date: '2026-05-03',
      })
      expect(
        await proof([
          ...morning(9, undefined, { id: 1, minor: -10, date: '2026-05-02' }),
          closing(1, 1000, 9),
          opening,
        ]),
      ).toEqual(['closing 02 0 verified'])
    })
    it('do not hold a row that was booked later under an earlier day', async () => {
      expect(
        await proof(
          [closing(1, 1000)],
          [closing(2, 1000)],
          [closing(3, 960), ...morning(4, undefined, { id: 1, minor: -40, date: '2026-05-02' })],
        ),
      ).toEqual(['closing 02 40 verified booked_late', 'closing 03 -40 verified booked_late'])
    })
    it('narrow the gap of a longer interval', async () => {
      const rows = morning(5, 900, { id: 1, minor: -40, date: '2026-05-02' }, { id: 2, minor: -20, date: '2026-05-04' })
      const stated = [closing(1, 1000, 5), closing(2, 960, 5), closing(3, 920, 5), closing(4, 900, 5)]
      const syncs = [morning(1, 1000), [...rows, ...stated]]
      expect(await proof(...syncs)).toEqual([
        'closing 02 0 verified',
        'closing 03 -40 gap',
        'closing 04 0 verified',
        'interim 05 -40 gap narrowed',
      ])
      expect(await days(...syncs)).toEqual([
        '01 unverified before_first_balance',
        '02 verified',
        '03 gap',
        '04 verified',
        '05 verified',
      ])
    })
  })

  describe('other balances', () => {
    const of = (type: string, minor: number, day: number, more: object = {}) =>
      balance('current', minor, `2026-05-0${day}T04:00:05Z`, { balance_type: type, ...more })

    it('prove nothing where a credit limit is in them', async () => {
      const limit = { credit_limit_included: true }
      expect(
        await proof(
          [of('interimAvailable', 6000, 1, limit), of('interimBooked', 6000, 1, limit)],
          [of('interimAvailable', 5000, 2, limit), of('interimBooked', 5000, 2, limit)],
        ),
      ).toEqual([])
    })
    it('serve where there is nothing better', async () => {
      expect(
        await proof(
          [of('interimAvailable', 1000, 1)],
          [of('interimAvailable', 960, 2), ...morning(2, undefined, { id: 1, minor: -40 })],
          [of('interimAvailable', 950, 3)],
        ),
      ).toEqual(['available 02 0 verified', 'available 03 -10 gap'])
    })
    it('say nothing against the rows where pending ones are taken off', async () => {
      expect(
        await proof(
          [of('interimAvailable', 1000, 1)],
          [of('interimAvailable', 910, 2), ...morning(2, undefined, { id: 1, minor: -90, status: 'pending' })],
          [of('interimAvailable', 850, 3), ...morning(3, undefined, { id: 2, minor: -70, status: 'pending' })],
        ),
      ).toEqual(['available 02 -90 unverified pending_included', 'available 03 -60 unverified pending_included'])
    })
    it('are left aside where the bank states the booked one', async () => {
      expect(
        await proof(
          [...morning(1, 1000), of('interimAvailable', 6000, 1)],
          [...morning(2, 1000), of('interimAvailable', 5900, 2), of('expected', 1, 2)],
        ),
      ).toEqual(['interim 02 0 verified'])
    })
  })

  describe('the days of an account', () => {
    it('are verified up to the last balance, and say why where they are not', async () => {
      expect(
        await days(
          morning(2, 1000, { id: 1, minor: -5, date: '2026-05-01' }),
          morning(4, 990, { id: 2, minor: -10, date: '2026-05-03' }),
          morning(5, undefined, { id: 3, minor: -10 }),
        ),
      ).toEqual([
        '01 unverified before_first_balance',
        '02 unverified before_first_balance',
        '03 verified',
        '04 verified',
        '05 unverified after_last_balance',
      ])
    })
    it.each([
      ['file_without_balance', [said({ id: 1, date: '2026-05-01', minor: -1, source: 'file-csv' })]],
      ['no_balance', [said({ id: 1, date: '2026-05-01', minor: -1 })]],
      [
        'credit_limit_included',
        [
          balance('current', 1, '2026-05-01T04:00:00Z', { credit_limit_included: true }),
          said({ id: 1, date: '2026-05-01', minor: -1 }),
        ],
      ],
      [
        'no_booked_balance',
        [
          balance('current', 1, '2026-05-01T04:00:00Z', { balance_type: 'nonInvoiced' }),
          said({ id: 1, date: '2026-05-01', minor: -1 }),
        ],
      ],
    ])('are unverified: %s', async (reason, rows) => {
      expect(await days(rows)).toEqual([`01 unverified ${reason}`])
    })
  })

  describe('an account', () => {
    const accountProof = async (...syncs: Rows[]) => {
      const mart = await after([account('current')], ...syncs)
      const [row] = await ask(
        mart,
        `select status, cast(verified_to as varchar) as verified_to, reason, gaps from mart.main.fct_account_proof`,
      )
      return row
    }
    it('is verified to the day of its last balance', async () => {
      expect(await accountProof(morning(1, 1000), morning(2, 1000), morning(3, 1000))).toEqual({
        status: 'verified',
        verified_to: '2026-05-03',
        reason: null,
        gaps: 0,
      })
    })
    it('is verified up to its first gap', async () => {
      expect(await accountProof(morning(1, 1000), morning(2, 1000), morning(3, 990), morning(4, 990))).toEqual({
        status: 'gap',
        verified_to: '2026-05-02',
        reason: null,
        gaps: 1,
      })
    })
    it('is not verified by one balance', async () => {
      expect(await accountProof(morning(1, 1000))).toEqual({
        status: 'unverified',
        verified_to: null,
        reason: 'one_balance',
        gaps: 0,
      })
    })
  })

  it('comes to the same whether months were touched one by one or all are written anew', async () => {
    const syncs = [
      [account('current'), account('savings')],
      morning(1, 1000, { id: 1, minor: -50, date: '2026-03-20' }),
      morning(2, 940, { id: 2, minor: -60 }),
      morning(3, 940, { id: 2, minor: -60, seq: 3, prevDate: '2026-05-02', date: '2026-04-30' }),
      morning(4, 940, { id: 2, minor: -60, seq: 4, prevDate: '2026-04-30', date: '2026-05-06' }),
      morning(5, 900, { id: 5, minor: -40 }),
    ]
    const mart = await after(...syncs)
    const movements = `select * exclude (month, known_at), cast(known_at as varchar) as at from mart.main.int_booked_movements order by all`
    const touched = await ask(mart, movements)
    await mart.build(99, now)
    expect(await ask(mart, movements)).toEqual(touched)
    expect(touched).toHaveLength(3)
  })
})
