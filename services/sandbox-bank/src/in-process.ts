import { memoryMap } from './adapters/memory-map.ts'
import { Tokens } from './adapters/tokens.ts'
import { Access } from './application/access.ts'
import { AccountData } from './application/account-data.ts'
import { Agreements } from './application/agreements.ts'
import { BankClock } from './application/bank-clock.ts'
import { Banks } from './application/banks.ts'
import { Consents } from './application/consents.ts'
import { CurrentWorld, type WorldSettings } from './application/current-world.ts'
import { FaultOrders } from './application/fault-orders.ts'
import { FreeQuota } from './application/free-quota.ts'
import { GeneralLimits } from './application/general-limits.ts'
import type { Clock, Ids } from './application/ports.ts'
import { Reconfirmations } from './application/reconfirmations.ts'
import { resetBank } from './application/reset.ts'
import { Switches } from './application/switches.ts'
import { Troubles, type WireCall } from './application/troubles.ts'
import { WeatherReport } from './application/weather-report.ts'
import { SCOPES } from './domain/agreement.ts'
import type { FaultAnswer } from './domain/documented-faults.ts'
import { notFound, WireError } from './domain/wire-error.ts'
import { errorTypeOf, halfOf } from './http/trouble.ts'
import { checkBearer, type WireAnswer, type WireParts, type WireRoute, wireRoutes } from './http/wire-routes.ts'

export type { Truth } from './application/account-data.ts'
export { londonDay, textOfDay } from './domain/days.ts'
export { SANDBOX_INSTITUTION } from './domain/institutions.ts'
export type { Quirks } from './domain/quirks.ts'

export type InProcessCall = { method: string; url: URL; authorization: string | undefined; body: string | undefined }
/** `undefined`: dropped without an answer. */
export type InProcessAnswer = { status: number; headers: Record<string, string>; body: Uint8Array } | undefined
/** A call of an account's data as it was answered; `atMs` by the bank's clock. */
export type AnsweredCall = { atMs: number; accountId: string; scope: string; status: number }

/** The bank without a server, for whoever is its only client: the same application, wire and troubles; nothing is kept. */
export type BankInProcess = {
  /** GoCardless' wire. What the call comes upon happens at once; how long it travels is the caller's. */
  answer(call: InProcessCall): InProcessAnswer
  consents: Consents
  data: AccountData
  world: CurrentWorld
  weather: WeatherReport
  faults: FaultOrders
  /** Calls of accounts' data since the beginning. */
  calls: readonly AnsweredCall[]
}

export type BankInProcessOptions = {
  /** The bank's time, in ms: there is no other. */
  clock: Clock
  ids: Ids
  settings: WorldSettings
}

export function openBankInProcess({ clock: time, ids, settings }: BankInProcessOptions): BankInProcess {
  const store = memoryMap()
  const clock = new BankClock(time, store)
  const world = new CurrentWorld(store)
  resetBank({ store, clock, world }, settings, null)
  const switches = new Switches(store)
  const publicUrl = () => 'http://bank.test'
  const banks = new Banks(store, switches)
  const quota = new FreeQuota(store, clock, switches)
  const agreements = new Agreements({ store, clock, ids, banks, switches, quota })
  const consents = new Consents({ store, clock, ids, world, banks, agreements, quota, publicUrl })
  const reconfirmations = new Reconfirmations({ store, clock, agreements, switches, publicUrl })
  const access = new Access({ store, clock, world, banks, agreements })
  const data = new AccountData({ store, clock, world, banks, access, otherKeyOf: () => undefined })
  const faults = new FaultOrders(store)
  const weather = new WeatherReport(store, clock)
  const tokens = new Tokens({ keyHex: '00'.repeat(32), clock, newId: ids.uuid })
  const parts = { tokens, banks, agreements, reconfirmations, consents, data, knows: () => true, publicUrl }
  const calls: AnsweredCall[] = []
  const answering: Answering = {
    ...{ clock, access, calls, parts, limits: new GeneralLimits(clock, switches) },
    troubles: new Troubles({ faults, weather, access, clock }),
    routes: wireRoutes(parts).map((route) => ({ ...route, ...patternOf(route) })),
  }
  return { answer: (call) => answerOf(call, answering), consents, data, world, weather, faults, calls }
}

type Answering = {
  clock: BankClock
  access: Access
  limits: GeneralLimits
  troubles: Troubles
  calls: AnsweredCall[]
  parts: WireParts
  routes: (WireRoute & { before: string; after: string | undefined })[]
}

/** A path has one parameter at most: what stands before it and after it. */
function patternOf({ path }: WireRoute): { before: string; after: string | undefined } {
  const [before = path, after] = path.split(':id')
  return { before, after }
}

function answerOf({ method, url, authorization, body }: InProcessCall, answering: Answering): InProcessAnswer {
  const { clock, access, limits, troubles, calls } = answering
  const path = url.pathname
  const call: WireCall = { method, path, ...accountOf(path) }
  const standing = limits.count(method, path)
  const trouble = troubles.of(call)
  if (trouble?.drop) return undefined
  const said = struck(trouble) ?? routed({ path, url, authorization, body, method }, answering)
  const bytes = Buffer.isBuffer(said.body) ? said.body : Buffer.from(textOf(said.body))
  const { accountId, scope } = call
  if (accountId !== undefined && scope !== undefined) {
    calls.push({ atMs: clock.now(), accountId, scope, status: said.status })
    if (said.status >= 400) access.failed(accountId, errorTypeOf(bytes.toString()))
  }
  const asked = SCOPES.find((known) => known === scope)
  const headers = {
    'content-type': 'application/json',
    ...limits.headers(standing),
    ...(accountId !== undefined && asked ? access.quotaHeaders(accountId, asked) : {}),
    ...said.headers,
    date: new Date(clock.now()).toUTCString(),
  }
  // Half of an answer, though its head says that all is well.
  return { status: said.status, headers, body: trouble?.cut ? (halfOf(bytes) as Buffer) : bytes }
}

function accountOf(path: string): Pick<WireCall, 'accountId' | 'scope'> {
  const found = /^\/api\/v2\/accounts\/([^/]+)\/(?:(details|balances|transactions)\/)?$/.exec(path)
  return found ? { accountId: found[1] ?? '', scope: found[2] ?? 'metadata' } : {}
}

const textOf = (body: object | string): string => (typeof body === 'string' ? body : JSON.stringify(body))

type Said = { status: number; body: object | string; headers: Record<string, string> }

/** Undefined where the call goes on as usual. */
function struck(trouble: FaultAnswer | null): Said | undefined {
  if (trouble === null || (trouble.status === null && trouble.body === undefined)) return undefined
  const { status, headers, body } = trouble
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const type = text.trimStart().startsWith('<') ? 'text/html; charset=utf-8' : 'application/json'
  return { status: status ?? 200, body: text, headers: { 'content-type': type, ...headers } }
}

type Routed = { method: string; path: string; url: URL; authorization: string | undefined; body: string | undefined }

function routed({ method, path, url, authorization, body }: Routed, { routes, parts }: Answering): WireAnswer | Said {
  try {
    const route = routes.find((one) => one.method === method && fits(one, path))
    if (route === undefined) throw notFound()
    checkBearer(path, authorization, parts.tokens)
    const id = route.after === undefined ? '' : path.slice(route.before.length, path.length - route.after.length)
    const query = Object.fromEntries(url.searchParams)
    return route.answer({ path, params: { id }, query, body: body === undefined ? undefined : JSON.parse(body) })
  } catch (error) {
    if (error instanceof WireError) return { status: error.status, body: error.body, headers: error.headers }
    throw error
  }
}

function fits({ before, after }: { before: string; after: string | undefined }, path: string): boolean {
  if (after === undefined) return path === before
  const end = path.length - after.length
  return (
    end > before.length && path.startsWith(before) && path.endsWith(after) && path.indexOf('/', before.length) >= end
  )
}
