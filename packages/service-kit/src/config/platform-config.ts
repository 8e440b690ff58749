import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MasterKeySource } from '@pf/vault'
import { logLevels } from '../logger.ts'
import {
  type ConfigOf,
  ConfigRefused,
  choice,
  defineConfig,
  type Environment,
  integer,
  list,
  optional,
  port,
  text,
  url,
} from './define-config.ts'
import { readEnvironment } from './environment.ts'

import { faultsOfPasskeyDomain } from './relying-party.ts'

const localHosts = ['localhost', '127.0.0.1', '[::1]']
/** Whether PUBLIC_URL is this machine: nobody else reaches it. */
export const isOwnMachine = ({ publicUrl }: { publicUrl: string }): boolean =>
  localHosts.includes(new URL(publicUrl).hostname)
const folder = (said: unknown) => resolve(String(said).replace(/^~(?=\/)/, homedir()))

function isNetwork(said: string): boolean {
  const [address = '', prefix, ...more] = said.split('/')
  const bits = isIP(address) === 6 ? 128 : 32
  if (isIP(address) === 0 || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

/** Every setting of the system, by the names of docs/api.md. Services take what they need of it. */
export const platformShape = {
  ssmPath: optional(
    text('PF_SSM_PATH', {
      about:
        'settings and secrets in Parameter Store of AWS Systems Manager: each setting of this list by its name under this path; what the environment or .env says comes first',
      fits: (said) => /^(\/[A-Za-z0-9_.-]+)+$/.test(said),
      expected: 'a path such as /personal-finances/prod, without a slash at its end',
      example: '/personal-finances/prod',
    }),
  ),
  ssmEndpoint: optional(
    url('PF_SSM_ENDPOINT', { about: "its address, where it is not AWS' own", schemes: ['http', 'https'] }),
  ),
  ssmRefreshSeconds: integer('PF_SSM_REFRESH_SECONDS', {
    about: 'how often it is read again for what may change under a running process; 0: at the start alone',
    default: 300,
    max: 86_400,
  }),
  dataDir: text('PF_DATA_DIR', { about: 'where everything local is kept', default: '.data' }),
  bind: text('PF_BIND', { about: 'address that listeners bind', default: '127.0.0.1' }),
  apiPort: port('PF_API_PORT', { about: 'port of the API', default: 8000 }),
  webPort: port('PF_WEB_PORT', { about: 'port of the web', default: 3000 }),
  sandboxPort: port('PF_SANDBOX_PORT', { about: 'port of the sandbox bank', default: 8010 }),
  healthPort: optional(
    port('PF_HEALTH_PORT', { about: 'internal port for /health, /ready and /metrics of a process' }),
  ),
  webRoot: optional(text('PF_WEB_ROOT', { about: "folder of the web's files; those of this checkout unless told" })),
  publicUrl: url('PUBLIC_URL', {
    about: 'where browsers reach the web',
    schemes: ['http', 'https'],
    default: ({ webPort }) => `http://localhost:${webPort}`,
    example: 'http://localhost:3000',
  }),
  trustedProxies: list('PF_TRUSTED_PROXIES', {
    about: 'proxies before this installation, addresses or networks, whose X-Forwarded-For and Forwarded are believed',
    fits: isNetwork,
    expected: 'addresses or networks such as 10.0.0.0/8, with commas between them',
    default: [],
    example: '10.0.0.0/8,fd00::/8',
  }),
  insideNames: list('PF_INSIDE_NAMES', {
    about: 'names by which other parts of this installation reach the API: Keycloak, to tell of log-outs',
    fits: (said) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(said),
    expected: 'host names in lower case without ports, with commas between them',
    default: [],
    example: 'gateway',
  }),
  allowedOrigins: list('PF_ALLOWED_ORIGINS', {
    about: 'other sites whose pages may call the API with a token of their own (CORS); none unless told',
    fits: (said) => URL.canParse(said) && new URL(said).origin === said,
    expected: 'origins such as https://app.example.org, with commas between them and nothing after the host',
    default: [],
    example: 'https://app.example.org',
  }),
  ratePerUser: integer('PF_RATE_PER_USER', {
    about:
      'points a minute of one user: reading costs 1, writing 4, exports, SQL, imports, syncs and rebuilds 40; 0: no limit',
    default: 12_000,
  }),
  ratePerAddress: integer('PF_RATE_PER_ADDRESS', {
    about: 'the same of one address, signed in or not; 0: no limit',
    default: 30_000,
  }),
  natsUrl: url('NATS_URL', {
    about: 'the broker, nats-server 2.14 or newer with JetStream; npm start runs its own',
    schemes: ['nats', 'tls'],
    example: 'nats://127.0.0.1:4222',
    secret: true,
  }),
  natsSecretsDir: optional(
    text('PF_NATS_SECRETS', {
      about:
        'folder with a file per service, its password at the broker (deploy/nats/users.conf); without it all are the user of NATS_URL',
      example: '/run/secrets/nats',
    }),
  ),
  natsReplicas: integer('PF_NATS_REPLICAS', {
    about: 'copies of each stream: 3 on a cluster',
    default: 1,
    min: 1,
    max: 5,
  }),
  databaseUrl: url('DATABASE_URL', {
    about: 'PostgreSQL; npm start runs its own',
    schemes: ['postgres', 'postgresql'],
    example: 'postgresql://pf:secret@127.0.0.1:5432/pf',
    secret: true,
  }),
  databaseSecretsDir: optional(
    text('PF_DATABASE_SECRETS', {
      about:
        'folder with a file per service, the password of its role at the database; without it all are the user of DATABASE_URL',
      example: '/run/secrets/database',
    }),
  ),
  databasePool: integer('PF_DATABASE_POOL', {
    about: 'most connections of one service',
    default: 20,
    min: 4,
    max: 200,
  }),
  readModelsKeptHours: integer('PF_READ_MODELS_KEPT_HOURS', {
    about: 'how long a read model goes on following after readers have switched to another build of it',
    default: 24,
    min: 0,
    max: 24 * 365,
  }),
  objectStoreUrl: url('OBJECT_STORE_URL', {
    about: 'file:///folder or s3://bucket/prefix?endpoint=…&region=…',
    schemes: ['file', 's3'],
    default: ({ dataDir }) => pathToFileURL(join(folder(dataDir), 'objects')).href,
    example: 'file:///var/lib/personal-finances/objects',
  }),
  s3AccessKeyId: optional(text('AWS_ACCESS_KEY_ID', { about: 'for s3://; without it the AWS chain is asked' })),
  s3SecretAccessKey: optional(text('AWS_SECRET_ACCESS_KEY', { about: 'for s3://', secret: true })),
  martsDir: text('PF_MARTS_DIR', {
    about: 'DuckDB files of the marts, a cache; each replica of analytics has its own',
    default: ({ dataDir }) => join(folder(dataDir), 'marts'),
    example: '/var/lib/personal-finances/marts',
  }),
  analyticsShards: integer('PF_ANALYTICS_SHARDS', {
    about:
      'parts that the spaces of the marts are dealt into; replicas of analytics share them; the same for every process',
    default: 1,
    min: 1,
    max: 64,
  }),
  martsOpen: integer('PF_MARTS_OPEN', {
    about: 'spaces whose marts are open at a time; the least recently used are closed',
    default: 8,
    min: 1,
    max: 1000,
  }),
  martMemoryMb: integer('PF_MART_MEMORY_MB', {
    about: 'most memory of the marts of one space; times PF_MARTS_OPEN is the most of all',
    default: 512,
    min: 64,
  }),
  martThreads: integer('PF_MART_THREADS', {
    about: 'threads for one question, or one sync, of a space; several share the processors',
    default: 1,
    min: 1,
    max: 64,
  }),
  sqlTimeoutMs: integer('PF_SQL_TIMEOUT_MS', {
    about: "most time of a question in an owner's own SQL",
    default: 20_000,
    min: 100,
    max: 30_000,
  }),
  sqlMemoryMb: integer('PF_SQL_MEMORY_MB', { about: 'most memory of such a question', default: 256, min: 64 }),
  masterKey: optional(
    text('PF_MASTER_KEY', {
      about: 'the master key itself, 32 bytes in base64url, where it is kept in no file',
      secret: true,
    }),
  ),
  masterKeySsm: optional(
    text('PF_MASTER_KEY_SSM', {
      about:
        'or the name of a SecureString in AWS Systems Manager that holds it; region and roles as the AWS SDK has them',
      example: '/personal-finances/master-key',
    }),
  ),
  masterKeySsmEndpoint: optional(
    url('PF_MASTER_KEY_SSM_ENDPOINT', {
      about: 'its address, where it is not that of PF_SSM_ENDPOINT',
      schemes: ['http', 'https'],
    }),
  ),
  masterKeyFile: text('PF_MASTER_KEY_FILE', {
    about: 'wraps every data key; made at the first start, belongs in no backup of the rest',
    default: ({ dataDir }) => join(folder(dataDir), 'master.key'),
    example: '/var/lib/personal-finances/master.key',
  }),
  erasureLedger: text('PF_ERASURE_LEDGER', {
    about: 'what was erased: a folder or s3://bucket/prefix, in no backup; a restore takes the newest one',
    default: ({ dataDir }) => join(folder(dataDir), 'ledger'),
    example: '/var/lib/personal-finances/ledger',
  }),
  exchangeRatesFile: text('PF_EXCHANGE_RATES', {
    about: 'dated exchange rates (date,from_currency,to_currency,rate); without the file nothing is converted',
    default: ({ dataDir }) => join(folder(dataDir), 'exchange_rates.csv'),
    example: '/var/lib/personal-finances/exchange_rates.csv',
  }),
  sandbox: choice('PF_SANDBOX', { about: 'the demo bank', of: ['on', 'off'], default: 'on' }),
  sandboxUrl: url('PF_SANDBOX_URL', {
    about: 'the sandbox bank, where it is on',
    schemes: ['http', 'https'],
    default: ({ sandboxPort }) => `http://localhost:${sandboxPort}`,
    example: 'http://localhost:8010',
  }),
  sandboxEnableBankingKeyFile: optional(
    text('PF_SANDBOX_ENABLE_BANKING_KEY_FILE', {
      about: "the demo bank by Enable Banking's protocol as well: the key that the sandbox makes; npm start sets it",
    }),
  ),
  gocardlessSecretId: optional(text('GOCARDLESS_SECRET_ID', { about: 'GoCardless Bank Account Data', secret: true })),
  gocardlessSecretKey: optional(text('GOCARDLESS_SECRET_KEY', { about: 'belongs to it', secret: true })),
  gocardlessBaseUrl: url('GOCARDLESS_BASE_URL', {
    about: 'its address',
    schemes: ['http', 'https'],
    default: 'https://bankaccountdata.gocardless.com',
  }),
  enableBankingApplicationId: optional(
    text('ENABLE_BANKING_APPLICATION_ID', { about: 'Enable Banking; without it an operator may give the keys later' }),
  ),
  enableBankingKeyFile: optional(text('ENABLE_BANKING_KEY_FILE', { about: 'its RSA private key, PEM' })),
  enableBankingBaseUrl: url('ENABLE_BANKING_BASE_URL', {
    about: 'its address',
    schemes: ['http', 'https'],
    default: 'https://api.enablebanking.com',
  }),
  authMode: choice('AUTH_MODE', { about: 'who signs people in', of: ['embedded', 'keycloak'], default: 'embedded' }),
  keycloakUrl: optional(
    url('KEYCLOAK_URL', {
      about: 'where browsers reach Keycloak (AUTH_MODE=keycloak; deploy/keycloak)',
      schemes: ['http', 'https'],
      example: 'https://id.example.org',
    }),
  ),
  keycloakInternalUrl: optional(
    url('KEYCLOAK_INTERNAL_URL', { about: 'where services reach it, if not there', schemes: ['http', 'https'] }),
  ),
  keycloakRealm: text('KEYCLOAK_REALM', { about: 'its realm', default: 'personal-finances' }),
  keycloakWebClient: text('KEYCLOAK_WEB_CLIENT', { about: 'its public client, of the web', default: 'web' }),
  keycloakGatewayClient: text('KEYCLOAK_GATEWAY_CLIENT', {
    about: 'its client that signs in by name and password',
    default: 'gateway',
  }),
  keycloakGatewaySecret: optional(text('KEYCLOAK_GATEWAY_SECRET', { about: 'belongs to it', secret: true })),
  keycloakAdminClient: text('KEYCLOAK_ADMIN_CLIENT', {
    about: 'its client that manages users',
    default: 'identity-admin',
  }),
  keycloakAdminSecret: optional(text('KEYCLOAK_ADMIN_SECRET', { about: 'belongs to it', secret: true })),
  keycloakSecretsDir: optional(
    text('PF_KEYCLOAK_SECRETS', {
      about: 'or a folder with a file per client (gateway, identity-admin) that holds its secret',
      example: '/run/secrets/keycloak',
    }),
  ),
  registration: choice('REGISTRATION', {
    about:
      'who may register; open where PUBLIC_URL is this machine, else invite. There the first user, who becomes the operator, needs the one-time code that the start logs and writes to first-operator-code in PF_DATA_DIR',
    of: ['open', 'invite', 'closed'],
    default: ({ publicUrl }) => (isOwnMachine({ publicUrl: String(publicUrl) }) ? 'open' : 'invite'),
    example: 'open',
  }),
  passkeyDomain: optional(
    text('PF_PASSKEY_DOMAIN', {
      about:
        "what browsers bind passkeys to: PUBLIC_URL's host unless told, or a domain above it; another one later makes all passkeys useless",
      example: 'example.org',
    }),
  ),
  otlpEndpoint: optional(
    url('OTEL_EXPORTER_OTLP_ENDPOINT', {
      about:
        'where spans go, by OTLP over HTTP (a collector, Jaeger, Tempo); nothing is traced, and no tracer loaded, without it',
      schemes: ['http', 'https'],
      example: 'http://localhost:4318',
    }),
  ),
  logLevel: choice('LOG_LEVEL', { about: 'what is logged', of: logLevels, default: 'info' }),
}

export type PlatformConfig = ConfigOf<typeof platformShape>

/** What may change under a running process (Parameter Store, settings.ts). All else counts from the next start on. */
export const liveSettings = [
  'ratePerUser',
  'ratePerAddress',
  'gocardlessSecretId',
  'gocardlessSecretKey',
  'enableBankingApplicationId',
  'registration',
  'logLevel',
] as const satisfies readonly (keyof PlatformConfig)[]
export type LiveConfig = Pick<PlatformConfig, (typeof liveSettings)[number]>

/** What has to be known before Parameter Store can be asked: nothing of it may stand there. */
export const neededForParameters = [
  'ssmPath',
  'ssmEndpoint',
  'ssmRefreshSeconds',
  's3AccessKeyId',
  's3SecretAccessKey',
] as const satisfies readonly (keyof PlatformConfig)[]

const read = defineConfig(
  platformShape,
  ({ gocardlessSecretId, gocardlessSecretKey, s3AccessKeyId, s3SecretAccessKey, ...others }) => [
    ...together('GOCARDLESS_SECRET_ID', gocardlessSecretId, 'GOCARDLESS_SECRET_KEY', gocardlessSecretKey),
    ...together(
      ...(['ENABLE_BANKING_APPLICATION_ID', others.enableBankingApplicationId] as const),
      ...(['ENABLE_BANKING_KEY_FILE', others.enableBankingKeyFile] as const),
    ),
    ...together('AWS_ACCESS_KEY_ID', s3AccessKeyId, 'AWS_SECRET_ACCESS_KEY', s3SecretAccessKey),
    ...faultsOfPasskeyDomain(others),
    ...(others.authMode === 'keycloak' && others.keycloakUrl === undefined
      ? ['KEYCLOAK_URL is missing: with AUTH_MODE=keycloak browsers have to know where it is']
      : []),
  ],
)

/** Of two, one would be the wrong one: which is meant is for the operator to say. */
function assertOneMasterKey(environment: Environment): void {
  const said = ['PF_MASTER_KEY_FILE', 'PF_MASTER_KEY', 'PF_MASTER_KEY_SSM'].filter((name) => environment[name]?.trim())
  if (said.length > 1) throw new ConfigRefused([`${said.join(' and ')} are set; expected one place of the master key`])
}

export function masterKeySource(config: PlatformConfig): MasterKeySource {
  const { masterKey, masterKeySsm, masterKeySsmEndpoint, ssmEndpoint, masterKeyFile } = config
  const endpoint = masterKeySsmEndpoint ?? ssmEndpoint
  if (masterKey !== undefined) return { of: 'environment', text: masterKey }
  if (masterKeySsm === undefined) return { of: 'file', path: masterKeyFile }
  return { of: 'ssm', parameter: { name: masterKeySsm, endpoint, credentials: s3Credentials(config) } }
}

/** Undefined where the SDK's own chain is to be asked. */
export function s3Credentials({
  s3AccessKeyId,
  s3SecretAccessKey,
}: Pick<PlatformConfig, 's3AccessKeyId' | 's3SecretAccessKey'>) {
  if (s3AccessKeyId === undefined || s3SecretAccessKey === undefined) return undefined
  return { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey }
}

function together(one: string, oneSaid: string | undefined, other: string, otherSaid: string | undefined): string[] {
  if ((oneSaid === undefined) === (otherSaid === undefined)) return []
  const [set, missing] = oneSaid === undefined ? [other, one] : [one, other]
  return [`${set} is set, but ${missing} is missing: they come as a pair`]
}

/** Paths come out absolute. Throws ConfigRefused with all problems at once. */
export function platformConfig(environment: Environment = readEnvironment()): PlatformConfig {
  const config = read(environment)
  assertOneMasterKey(environment)
  const { dataDir, masterKeyFile, martsDir, exchangeRatesFile, erasureLedger } = config
  return Object.freeze({
    ...config,
    dataDir: folder(dataDir),
    masterKeyFile: folder(masterKeyFile),
    martsDir: folder(martsDir),
    exchangeRatesFile: folder(exchangeRatesFile),
    erasureLedger: erasureLedger.startsWith('s3://') ? erasureLedger : folder(erasureLedger),
  })
}
