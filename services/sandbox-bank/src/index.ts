import { randomBytes, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { openCallLog } from './adapters/call-log.ts'
import { openDurableMap } from './adapters/durable-map.ts'
import { knowsSecrets } from './adapters/secrets.ts'
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
import { Troubles } from './application/troubles.ts'
import { WeatherReport } from './application/weather-report.ts'
import { ENABLE_BANKING_PATH, openEnableBankingFace } from './enable-banking/open-face.ts'
import { behaviourRoutes } from './http/behaviour-routes.ts'
import { consentRoutes } from './http/consent-routes.ts'
import { controlRoutes } from './http/control-routes.ts'
import { reconfirmRoutes } from './http/reconfirm-routes.ts'
import { serveWire } from './http/serve-wire.ts'
import { createServer } from './http/server.ts'

export type SandboxBankOptions = {
  /** 0: any free one. */
  port: number
  /** The address to listen on; default 127.0.0.1. */
  host?: string
  /** Other names that it is asked by, in a network of containers say. */
  hosts?: readonly string[]
  /** Where the state lives; made if missing. One bank per folder at a time. */
  dataDir: string
  /** Real time in ms; the bank's own clock is this plus an offset. */
  clock?: Clock
  ids?: Ids
  /** The address browsers reach the consent page under; default the address listened on. */
  publicUrl?: string
  /** Where Enable Banking's consent page may send a browser; default where `npm start` serves the web. */
  redirectUrls?: readonly string[]
}

export type SandboxBank = { url: string; close(): Promise<void> }

/**
 * Starts the bank: GoCardless' wire under `{url}/api/v2/`, Enable Banking's under `{url}/enable-banking/`,
 * the consent pages, the control API under `{url}/__sandbox/`.
 * An empty folder begins as the household of seed `demo`, as of today.
 * @throws where the port is taken or the state can not be read.
 */
export async function startSandboxBank(options: SandboxBankOptions): Promise<SandboxBank> {
  const { port, host = '127.0.0.1', dataDir } = options
  const ids = options.ids ?? { uuid: () => randomUUID() }
  const store = openDurableMap(dataDir)
  const calls = openCallLog(dataDir)
  const clock = new BankClock(options.clock ?? { now: () => Date.now() }, store)
  const world = new CurrentWorld(store)
  const switches = new Switches(store)
  const limits = new GeneralLimits(clock, switches)
  const reset = (settings: WorldSettings, instantMs: number | null) => {
    resetBank({ store, clock, world }, settings, instantMs)
    calls.clear()
    limits.forget()
  }
  if (store.get('world') === undefined) {
    reset({ spec: { scenario: 'household', seed: 'demo', asOf: clock.today() }, accountIds: 'new' }, null)
  }
  if (store.get('token-key') === undefined) store.commit({ 'token-key': randomBytes(32).toString('hex') })
  const tokens = new Tokens({ keyHex: store.get<string>('token-key') ?? '', clock, newId: ids.uuid })

  let url = ''
  const publicUrl = () => (options.publicUrl ?? url).replace(/\/$/, '')
  const banks = new Banks(store, switches)
  const quota = new FreeQuota(store, clock, switches)
  const agreements = new Agreements({ store, clock, ids, banks, switches, quota })
  const consents = new Consents({ store, clock, ids, world, banks, agreements, quota, publicUrl })
  const reconfirmations = new Reconfirmations({ store, clock, agreements, switches, publicUrl })
  const access = new Access({ store, clock, world, banks, agreements })
  const enableBanking = await openEnableBankingFace({
    ...{ store, clock, ids, world, publicUrl, dataDir },
    redirectUrls: options.redirectUrls ?? ['http://localhost:3000/api/connections/callback'],
    keySecret: store.get<string>('token-key') ?? '',
  })
  const data = new AccountData({ store, clock, world, banks, access, otherKeyOf: enableBanking.keyOf })
  const faults = new FaultOrders(store)
  const weather = new WeatherReport(store, clock)
  const other = { path: ENABLE_BANKING_PATH, keyOf: enableBanking.keyOf, worded: enableBanking.worded }
  const troubles = new Troubles({ faults, weather, access, clock, other })
  const named = [host, new URL(options.publicUrl ?? 'http://localhost').hostname, ...(options.hosts ?? [])]
  const hosts = named.map((name) => name.toLowerCase())
  const app = createServer({ clock, calls, limits, troubles, access, switches, hosts: () => hosts })
  const knows = (secretId: string, secretKey: string) => knowsSecrets(dataDir, secretId, secretKey)
  serveWire(app, { tokens, banks, agreements, reconfirmations, consents, data, knows, publicUrl })
  consentRoutes(app, { consents, banks, clock })
  reconfirmRoutes(app, { reconfirmations, banks, data })
  enableBanking.serve(app)
  controlRoutes(app, { clock, world, consents, data, faults, weather, calls, enableBanking, reset })
  behaviourRoutes(app, { banks, switches, reconfirmations })

  const close = async () => {
    await app.close()
    calls.close()
    store.close()
  }
  try {
    await app.listen({ port, host })
  } catch (error) {
    await close()
    throw error
  }
  const address = app.server.address() as AddressInfo
  const name =
    host === '0.0.0.0' || host === '::' ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : host
  url = `http://${name}:${address.port}`
  return { url, close }
}
