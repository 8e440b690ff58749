import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandboxBank } from '@pf/sandbox-bank'
import { openEnableBanking } from './enable-banking/index.ts'
import { openProviders, providerInstances } from './registry.ts'
import { type BankUnderTest, describeBankFeed } from './testing/describe-bank-feed.ts'
import { startDocumentedEnableBanking } from './testing/documented-enable-banking.ts'
import { memorySecrets } from './testing/memory-secrets.ts'

const settings = {
  sandbox: 'on',
  gocardlessBaseUrl: 'http://127.0.0.1:9',
  enableBankingBaseUrl: 'http://127.0.0.1:9',
} as const

/** The sandbox bank by one of its protocols. */
async function sandbox(
  instance: string,
  over: Pick<BankUnderTest, 'country' | 'institutionId'> & { balances: string },
): Promise<BankUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-conformance-'))
  const { url, close } = await startSandboxBank({ port: 0, dataDir })
  const control = async (method: string, path: string, body?: unknown) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${url}/__sandbox/${path}`, { method, ...(body === undefined ? {} : json) })
    return (await answer.json()) as Record<string, unknown>
  }
  const clock = { now: () => new Date() }
  const keyFile = join(dataDir, 'enable-banking', 'sandbox.pem')
  const providers = openProviders(
    providerInstances({ ...settings, sandboxUrl: url, sandboxEnableBankingKeyFile: keyFile }),
    {
      clock,
      secrets: memorySecrets(),
    },
  )
  const feed = await providers.lookup(instance)
  if (feed === undefined) throw new Error(`The sandbox has no instance ${instance}.`)
  const { balances: path, ...bank } = over
  return {
    feed,
    ...bank,
    redirect: 'http://localhost:3000/api/connections/callback',
    decide: async (linkId, decision) => String((await control('POST', `consents/${linkId}`, { decision }))['redirect']),
    disturb: async (answer) => void (await control('POST', 'faults', { ...answer, path, times: 1 })),
    passDays: async (days) => {
      await control('POST', 'clock', { advance_days: days })
      await feed.now()
    },
    async callsTo(part) {
      const { items } = (await control('GET', 'calls')) as { items: { path: string }[] }
      return items.filter((call) => call.path.includes(part)).length
    },
    async close() {
      await close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

describeBankFeed('GoCardless', () =>
  sandbox('sandbox', { country: 'GB', institutionId: 'SANDBOXFINANCE_SFIN0000', balances: '/accounts/*/balances/' }),
)

describeBankFeed('Enable Banking, as the sandbox speaks it', () =>
  sandbox('sandbox-eb', {
    country: 'GB',
    institutionId: 'Sandbox_Finance_(Enable_Banking)~GB',
    balances: '/enable-banking/accounts/*/balances',
  }),
)

/** The documented bodies alone: what the sandbox is held against. */
async function documented(): Promise<BankUnderTest> {
  const server = await startDocumentedEnableBanking()
  const { applicationId, privateKey } = server.keys
  const clock = { now: () => new Date() }
  const feed = openEnableBanking({
    ...{ id: 'eb', baseUrl: server.baseUrl, believeDate: true, clock, records: memorySecrets() },
    ...{ applicationId, privateKey },
  })
  return {
    ...{ feed, country: 'FI', institutionId: 'Documented_Bank~FI' },
    redirect: 'http://localhost:3000/api/connections/callback',
    decide: async (linkId, decision) => server.decide(linkId, decision),
    disturb: async (answer) => server.disturb(answer),
    passDays: async (days) => {
      server.passDays(days)
      await feed.now()
    },
    callsTo: async (part) => server.calls.filter((call) => call.includes(part)).length,
    close: server.close,
  }
}

describeBankFeed('Enable Banking, as documented', documented)
