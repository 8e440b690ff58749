import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { CallLog } from '../adapters/call-log.ts'
import type { AccountData } from '../application/account-data.ts'
import { type BankClock, instantOf } from '../application/bank-clock.ts'
import type { Consents } from '../application/consents.ts'
import type { CurrentWorld, WorldSettings } from '../application/current-world.ts'
import { describeWorld } from '../application/current-world.ts'
import type { FaultOrders } from '../application/fault-orders.ts'
import type { WeatherReport } from '../application/weather-report.ts'
import { type Day, londonDay, textOfDay } from '../domain/days.ts'
import { FAULT_KINDS } from '../domain/documented-faults.ts'
import type { Fault } from '../domain/fault.ts'
import { INSTITUTIONS } from '../domain/institutions.ts'
import type { Quirks } from '../domain/quirks.ts'
import { CALLBACK_ERRORS, type CallbackError } from '../domain/requisition.ts'
import type { WorldSpec } from '../domain/world.ts'
import type { EnableBankingFace } from '../enable-banking/open-face.ts'
import { fieldsOf, readInteger, readOneOf, readText, readTexts } from './control-body.ts'
import { Problem } from './problem.ts'

export type ControlParts = {
  clock: BankClock
  world: CurrentWorld
  consents: Consents
  data: AccountData
  faults: FaultOrders
  weather: WeatherReport
  calls: CallLog
  enableBanking: EnableBankingFace
  /** Begins a new world at this instant (null: real time); consents, faults, payloads and calls are gone. */
  reset: (settings: WorldSettings, instantMs: number | null) => void
}

type WithId = { Params: { id: string } }
const BANKS = INSTITUTIONS.map(({ id }) => id)
const KINDS = Object.keys(FAULT_KINDS)
const MOST_ROWS = 100_000
const FAILURES = Object.keys(CALLBACK_ERRORS) as CallbackError[]

/** The control API of api.md: for tests, the demo and benchmarks. Errors are problem documents. */
export function controlRoutes(app: FastifyInstance, parts: ControlParts): void {
  const { clock, world, data, faults, weather, calls, consents, enableBanking } = parts
  const listed = () => [...data.listed(), ...enableBanking.listed()]
  const time = () => ({ now: new Date(clock.now()).toISOString(), today: textOfDay(clock.today()) })

  app.get('/health', async () => ({ status: 'ok' }))
  app.post('/__sandbox/reset', async ({ body }) => {
    const { settings, instant } = readReset(body, clock)
    parts.reset(settings, instant)
    return { ...describeWorld(settings), ...time(), items: listed() }
  })
  app.get('/__sandbox/clock', async () => ({ ...time(), ...describeWorld(world.settings()) }))
  app.post('/__sandbox/clock', async ({ body }) => {
    moveClock(clock, body)
    return time()
  })
  app.get('/__sandbox/accounts', async () => ({ items: listed() }))
  app.put<WithId>('/__sandbox/accounts/:id/payload', async ({ params, body }) => {
    const payload = fieldsOf(body, ['transactions', 'balances', 'details'])
    if (enableBanking.keyOf(params.id) === undefined) data.override(params.id, payload)
    else enableBanking.override(params.id, payload)
    return { id: params.id, overridden: Object.keys(payload).filter((scope) => payload[scope] !== null) }
  })
  app.get<WithId>('/__sandbox/truth/:id', async ({ params, query }) => {
    const fields = fieldsOf(query, ['date_from'])
    const from = fields['date_from'] === undefined ? null : londonDay(readInstant(fields, 'date_from'))
    return data.truth(params.id, from)
  })
  app.get('/__sandbox/faults', async () => ({ items: faults.all().map(showFault) }))
  app.post('/__sandbox/faults', async ({ body }) => {
    const orders = (Array.isArray(body) ? body : [body]).map(readFault)
    return { items: faults.add(orders).map(showFault) }
  })
  app.delete('/__sandbox/faults', async () => {
    faults.clear()
    return { items: [] }
  })
  app.post('/__sandbox/weather', async ({ body }) => {
    const fields = fieldsOf(body, ['seed', 'rate'])
    const { rate } = fields
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
      throw new Problem(422, 'invalid_input', `rate ${JSON.stringify(rate)}`, 'a number from 0 to 1')
    }
    return weather.set({ seed: readText(fields, 'seed'), rate })
  })
  app.get<{ Querystring: Record<string, string> }>('/__sandbox/calls', async ({ query }, reply) => {
    fieldsOf(query, ['account_id', 'scope', 'method'])
    return reply.type('application/json').send(Readable.from(listOf(calls.lines(), query)))
  })
  app.delete('/__sandbox/calls', async () => {
    calls.clear()
    return { items: [] }
  })
  app.post<WithId>('/__sandbox/consents/:id', async ({ params, body }) => {
    const fields = fieldsOf(body, ['decision', 'accounts'])
    const decision = readOneOf(fields, 'decision', ['grant', 'deny', ...FAILURES])
    const redirect = enableBanking.decide(params.id, decision === 'grant' ? 'grant' : 'deny')
    if (redirect !== undefined) return { redirect }
    const decided = decision === 'deny' ? 'UserCancelledSession' : decision
    // Named by the ids that `GET accounts` shows; without them all are shared.
    const chosen = fields['accounts'] === undefined ? undefined : readTexts(fields, 'accounts')
    const keys = chosen?.map((id) => data.keyOf(id))
    consents.open(params.id)
    return { redirect: consents.decide(params.id, decided, keys) }
  })
}

function readReset(body: unknown, clock: BankClock): { settings: WorldSettings; instant: number | null } {
  const names = [
    'scenario',
    'seed',
    'as_of',
    'accounts',
    'transactions_per_account',
    'days',
    'account_ids',
    'quirks',
    'institution',
  ]
  const fields = fieldsOf(body, names)
  const scenario = readOneOf(fields, 'scenario', ['household', 'empty', 'bulk'])
  const seed =
    fields['seed'] === undefined
      ? 'demo'
      : typeof fields['seed'] === 'number'
        ? String(fields['seed'])
        : readText(fields, 'seed')
  const instant = fields['as_of'] === undefined ? null : readInstant(fields, 'as_of')
  const asOf = londonDay(instant ?? clock.realNow())
  const spec: WorldSpec =
    scenario === 'bulk'
      ? {
          scenario,
          seed,
          asOf,
          accounts: readInteger(fields, 'accounts', 1, 1_000, 1),
          transactionsPerAccount: readInteger(fields, 'transactions_per_account', 1, MOST_ROWS, 50_000),
          days: readInteger(fields, 'days', 1, 730, 730),
        }
      : { scenario, seed, asOf }
  const accountIds = fields['account_ids'] === undefined ? 'new' : readOneOf(fields, 'account_ids', ['new', 'same'])
  const quirks = readQuirks(fields['quirks'], asOf)
  const at = fields['institution'] === undefined ? {} : { institution: readOneOf(fields, 'institution', BANKS) }
  return { settings: { spec, accountIds, ...(quirks && { quirks }), ...at }, instant }
}

/** `true`, or `{seed}`: a bank with bad habits from the day of the reset on. */
function readQuirks(said: unknown, from: Day): Quirks | undefined {
  if (said === undefined || said === false) return undefined
  if (said === true) return { seed: 'quirks', from }
  return { seed: readText(fieldsOf(said, ['seed']), 'seed'), from }
}

function moveClock(clock: BankClock, body: unknown): void {
  const fields = fieldsOf(body, ['set', 'advance_days'])
  const { set, advance_days: days } = fields
  if ((set === undefined) === (days === undefined)) {
    throw new Problem(
      422,
      'invalid_input',
      JSON.stringify(fields),
      'either {"set": instant or day} or {"advance_days": number}',
    )
  }
  if (set !== undefined) {
    clock.set(readInstant(fields, 'set'))
    return
  }
  if (typeof days !== 'number' || !Number.isFinite(days) || days < 0 || days > 3_650) {
    throw new Problem(422, 'invalid_input', `advance_days ${JSON.stringify(days)}`, 'a number of days from 0 to 3650')
  }
  clock.advance(days)
}

function readInstant(fields: Record<string, unknown>, name: string): number {
  const instant = instantOf(readText(fields, name))
  if (instant === null) {
    throw new Problem(
      422,
      'invalid_input',
      `${name} ${JSON.stringify(fields[name])}`,
      'YYYY-MM-DD or an RFC 3339 instant',
    )
  }
  return instant
}

function readFault(value: unknown): Omit<Fault, 'id'> {
  const fields = fieldsOf(value, ['method', 'path', 'kind', 'times', 'status', 'body', 'headers', 'delay_ms', 'drop'])
  const headers = fields['headers'] ?? {}
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw new Problem(422, 'invalid_input', `headers ${JSON.stringify(headers)}`, 'an object of header names and texts')
  }
  return {
    method: fields['method'] === undefined ? null : readText(fields, 'method').toUpperCase(),
    path: readText(fields, 'path'),
    left: fields['times'] === undefined ? null : readInteger(fields, 'times', 1, 1_000_000, 1),
    status: fields['status'] === undefined ? null : readInteger(fields, 'status', 200, 599, 500),
    body: fields['body'],
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
    delayMs: readInteger(fields, 'delay_ms', 0, 600_000, 0),
    drop: fields['drop'] === true,
    ...(fields['kind'] !== undefined && { kind: readOneOf(fields, 'kind', KINDS) }),
  }
}

function showFault({ id, method, path, kind, left, status, delayMs, drop }: Fault): Record<string, unknown> {
  return { id, method, path, kind: kind ?? null, times_left: left, status, delay_ms: delayMs, drop }
}

/** `{"items":[…]}` in pieces, so that the log never stands in memory as a whole. */
async function* listOf(lines: AsyncIterable<string>, query: Record<string, string>): AsyncGenerator<string> {
  let separator = '{"items":['
  const wanted = Object.entries(query)
  for await (const line of lines) {
    const call = wanted.length > 0 ? (JSON.parse(line) as Record<string, unknown>) : {}
    if (wanted.some(([name, value]) => call[name] !== value)) continue
    yield `${separator}${line}`
    separator = ','
  }
  yield separator === ',' ? ']}' : '{"items":[]}'
}
