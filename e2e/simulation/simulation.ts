import { createHash } from 'node:crypto'
import { addressOf, createIds } from '@pf/eventing'
import type { ProviderInstance } from '@pf/providers'
import { type BankInProcess, openBankInProcess, type Quirks } from '@pf/sandbox-bank/in-process'
import { dayOfText, type Rng, rngOf } from '@pf/sandbox-bank/world'
import type { Random } from '@pf/vault'
import { memoryVault } from '@pf/vault/memory'
import { Broker } from './broker.ts'
import { DeadLetterOffice } from './dead-letters.ts'
import type { Departure } from './departure.ts'
import { type Fault, planFaults, Strikes } from './faults.ts'
import { Installation } from './installation.ts'
import { Leaving } from './leaving.ts'
import { type KeptAccount, LedgerOracle } from './ledger-oracle.ts'
import { openLine } from './line.ts'
import { LogOracle } from './log-oracle.ts'
import { Objects } from './objects.ts'
import { expectThat, OracleFailure } from './oracle-failure.ts'
import { Person } from './person.ts'
import { type Outside, Process, type ProcessPlan, topologies } from './processes.ts'
import { QuotaOracle } from './quota-oracle.ts'
import { expectReadModels } from './read-model-oracle.ts'
import { ReadModels } from './read-models.ts'
import { Returning } from './returning.ts'
import { expectTamperingNoticed } from './tamper-oracle.ts'
import { VirtualTime } from './virtual-time.ts'

const dayMs = 86_400_000
/** Days after the planned ones on which nothing is done to anybody: by their end everything has to have come right. */
export const calmDays = 3

/** Between a fetch and its rows lie some dozens of them. */
const momentsAfterFetch = [4, 12, 30, 90]

export type Failure = { day: number; oracle: string; found: string }
export type Outcome = {
  seed: string
  days: number
  /** Over every byte of the log and every row of the lake: the same seed gives the same. */
  digest: string
  failure: Failure | undefined
  faults: readonly Fault[]
  struck: number
  steps: number
  messages: number
  compared: number
  /** What the first person's accounts have left in the lake. */
  lake: readonly KeptAccount[]
}

export type Run = {
  seed: string
  days: number
  /** The seed's own unless given. */
  faults?: readonly Fault[]
  /** Told of every trouble that services tell of. */
  onTrouble?: (atMs: number, process: string, facts: Record<string, unknown>) => void
}

/** What a seed decides of the world. */
type Character = {
  startMs: number
  processes: readonly ProcessPlan[]
  accounts: number
  quirks: boolean
  weather: number
  demo: boolean
  /** On this day a second user is erased; undefined: there is none. */
  erasedOn: number | undefined
  /** On this day another user takes their bank out with its history, to connect it anew. */
  takenOutOn: number | undefined
}

function characterOf(rng: Rng): Character {
  return {
    // Noon; any day of two years, so that clocks change in some of them.
    startMs: Date.parse('2024-01-01T12:00:00Z') + rng.int(0, 730) * dayMs,
    processes: topologies[rng.int(0, 2)]!,
    accounts: rng.chance(0.3) ? 2 : 1,
    quirks: rng.chance(0.5),
    weather: rng.pick([0, 0, 0.1, 0.3]),
    demo: rng.chance(0.2),
    erasedOn: rng.chance(0.3) ? rng.int(1, 9) : undefined,
    takenOutOn: rng.chance(0.3) ? rng.int(1, 9) : undefined,
  }
}

/** Of a failing seed also: which processes it has. */
export const processesOf = (seed: string): readonly string[] =>
  characterOf(rngOf(`${seed}/character`)).processes.map(({ name }) => name)

/** The whole line lives through the days of one seed. Never rejects for what the system does wrong: that is its outcome. */
export async function simulate(run: Run, rest: Outside['rest']): Promise<Outcome> {
  const world = await openWorld(run, rest)
  let failure: Failure | undefined
  let day = 0
  try {
    await world.begin()
    for (day = 1; day <= run.days + calmDays; day++) await world.live(day)
    day--
    await world.end()
  } catch (error) {
    failure = { day, ...failureOf(error) }
  }
  // Where it failed, the lake need not be whole.
  return { seed: run.seed, days: run.days, failure, ...world.tell(failure === undefined) }
}

export const failureOf = (error: unknown): Omit<Failure, 'day'> =>
  error instanceof OracleFailure
    ? { oracle: error.oracle, found: error.message }
    : { oracle: 'nothing unforeseen', found: error instanceof Error ? `${error.stack}` : String(error) }

/** Errors that an honest log and an honest lake never give cause for, whatever happens to processes. */
const defects = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'SyntaxError',
  'LogBroken',
  'EventInvalid',
  'SealBroken',
  'KeyMissing',
  'RowInvalid',
  'RebuildNeeded',
  'LogGap',
  'EventsTooLarge',
  'ObservationMissing',
  'LakeFileChanged',
  'RawObjectChanged',
  'ObjectNotFound',
  'UnreadablePayload',
])

async function openWorld(run: Run, rest: Outside['rest']) {
  const { seed, days } = run
  const character = characterOf(rngOf(`${seed}/character`))
  const time = new VirtualTime(character.startMs, rngOf(`${seed}/timing`))
  const faults =
    run.faults ??
    planFaults(
      seed,
      days,
      character.processes.map(({ name }) => name),
    )
  const strikes = new Strikes(faults)
  const processes: Process[] = []
  const processOf = (name: string) => processes.find((process) => process.name === name)
  const line = openLine(time, strikes, rngOf(`${seed}/line`), {
    crash: ({ name }, ms) => processOf(name)?.crash(ms),
    pause: ({ name }, ms) => processOf(name)?.pause(ms),
  })
  const random = randomOf(rngOf(`${seed}/random`))
  let defect: OracleFailure | undefined
  const departures: Departure[] = []
  const ids = createIds(time.clock, (bytes) => random.bytes(bytes))
  const installation = await Installation.open(line, () => ids.uuid())
  const outside: Outside = {
    line,
    random,
    rest,
    broker: new Broker(line, rngOf(`${seed}/broker`)),
    objects: new Objects(line),
    readModels: new ReadModels(line),
    deadLetters: new DeadLetterOffice(line),
    bank: bankOf(seed, character, time, random),
    instance: instanceOf(character.demo),
    openVault: memoryVault({ random }),
    installation,
    onTrouble(process, facts) {
      run.onTrouble?.(time.nowMs, process, facts)
      const { name, message } = errorOf(facts['err'])
      if (departures.some((one) => one.explains(name, message))) return
      if (defects.has(name)) defect ??= new OracleFailure('nothing unforeseen', `${process}: ${name}: ${message}`)
    },
  }
  for (const plan of character.processes) processes.push(new Process(plan, outside))
  const person = new Person(seed, outside, processes)
  const log = new LogOracle(outside.broker)
  const ledger = new LedgerOracle(outside)
  const quota = new QuotaOracle(outside.bank.calls)
  const { erasedOn, takenOutOn } = character
  if (erasedOn !== undefined) departures.push(new Leaving(seed, erasedOn, outside, processes, ledger))
  if (takenOutOn !== undefined) departures.push(new Returning(seed, takenOutOn, outside, processes, ledger))
  const { keys } = outside.openVault()
  outside.broker.onLanded = (message) => {
    const { subject, headers } = message
    for (const one of departures) one.saw(message)
    if (!headers['ce-type']?.includes('TransactionsFetched')) return
    const look = () =>
      ledger.checkWatermark(addressOf(subject).aggregateId).catch((error: unknown) => {
        if (departures.some((one) => one.isOf(subject))) return
        defect ??= error instanceof OracleFailure ? error : new OracleFailure('nothing unforeseen', String(error))
      })
    for (const ms of momentsAfterFetch) time.after(ms, undefined, () => void look())
  }

  const check = async (settled: boolean) => {
    if (defect !== undefined) throw defect
    log.check()
    quota.check()
    await ledger.check(person.principal.spaceId, person.connectionId, settled)
    for (const one of departures) await one.check(settled)
  }

  return {
    async begin() {
      await keys.createSpaceKey(person.principal.spaceId)
      for (const one of departures) await one.createKey()
      for (const process of processes) process.start()
      // What a person has to say of it stands in the log by the first calm day.
      void person.connect()
      for (const one of departures) one.connect()
    },
    async live(day: number) {
      const isCalm = day > days
      strikes.begin(day)
      outside.bank.weather.set({ seed, rate: isCalm ? 0 : character.weather })
      if (!isCalm) {
        trouble(day, seed, outside, person)
        outage(day, seed, outside, person)
      }
      if (day === days + 1 && person.isRefusedByTheBank) void person.renew()
      person.live(day)
      for (const one of departures) one.live(day, days)
      await time.run(character.startMs + day * dayMs)
      await check(false)
    },
    async end() {
      await check(true)
      expectThat('reactions come to their end', outside.broker.unsettled() === 0, () => {
        return `${outside.broker.unsettled()} messages are not settled`
      })
      const letters = await outside.deadLetters.letters.list()
      expectThat('nothing is set aside', letters.length === 0, () => letters.map(({ reason }) => reason).join('; '))
      await expectReadModels(outside, keys)
      await expectTamperingNoticed(outside, keys)
    },
    tell: (isWhole: boolean) => ({
      faults,
      digest: createHash('sha256').update(log.digest()).update(ledger.digest()).digest('hex'),
      struck: strikes.struck,
      steps: time.steps,
      messages: log.seen(),
      compared: ledger.compared,
      lake: isWhole ? ledger.kept(person.principal.spaceId) : [],
    }),
  }
}

/** Now and then the bank wants a new consent before its time. */
function trouble(day: number, seed: string, { bank }: Outside, person: Person): void {
  const rng = rngOf(`${seed}/consent/${day}`)
  if (day < 3 || person.isRefusedByTheBank || !rng.chance(0.02)) return
  const order = {
    method: null,
    path: '/accounts/*',
    left: null,
    status: null,
    body: undefined,
    headers: {},
    delayMs: 0,
  }
  bank.faults.add([{ ...order, drop: false, kind: 'access_expired' }])
  person.isRefusedByTheBank = true
}

/** Now and then the object store gives nothing out for hours: what was fetched waits, and more is fetched meanwhile. */
function outage(day: number, seed: string, { line, objects }: Outside, person: Person): void {
  const rng = rngOf(`${seed}/outage/${day}`)
  if (!rng.chance(0.04)) return
  line.time.after(rng.int(0, 18 * 60) * 60_000, undefined, () => {
    objects.beUnreadable(rng.int(60, 180) * 60_000)
    person.insist(day, rng)
  })
}

function bankOf(
  seed: string,
  { startMs, accounts, quirks }: Character,
  time: VirtualTime,
  random: Random,
): BankInProcess {
  const asOf = dayOfText(new Date(startMs).toISOString().slice(0, 10)) ?? 0
  const habits: Quirks = { seed, from: asOf + 2 }
  const ids = createIds(time.clock, (bytes) => random.bytes(bytes))
  return openBankInProcess({
    clock: { now: () => time.nowMs },
    ids,
    settings: {
      spec: { scenario: 'small', seed, asOf, accounts },
      accountIds: 'new',
      ...(quirks && { quirks: habits }),
    },
  })
}

function instanceOf(demo: boolean): ProviderInstance {
  const keys = { kind: 'gocardless', secretId: 'simulated', secretKey: 'simulated' } as const
  return { id: demo ? 'sandbox' : 'gocardless', kind: 'gocardless', baseUrl: 'http://bank.test', demo, keys }
}

function randomOf(rng: Rng): Random {
  return {
    bytes(count) {
      const bytes = new Uint8Array(count)
      for (let at = 0; at < count; at += 4) {
        const word = Math.floor(rng.next() * 4_294_967_296)
        for (let n = at; n < Math.min(at + 4, count); n++) bytes[n] = (word >>> (8 * (n - at))) & 255
      }
      return bytes
    },
  }
}

function errorOf(told: unknown): { name: string; message: string } {
  const error = typeof told === 'object' && told !== null ? (told as Record<string, unknown>) : {}
  return { name: String(error['name'] ?? ''), message: String(error['message'] ?? '') }
}
