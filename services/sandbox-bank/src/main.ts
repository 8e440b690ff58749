import { startSandboxBank } from './index.ts'

const DEFAULT_PORT = 8010
const { PF_SANDBOX_PORT, PF_DATA_DIR, PF_BIND, PF_SANDBOX_PUBLIC_URL, PF_SANDBOX_REDIRECT_URLS, PF_SANDBOX_HOSTS } =
  process.env

const port = Number(PF_SANDBOX_PORT || DEFAULT_PORT)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  fail(`PF_SANDBOX_PORT: found ${PF_SANDBOX_PORT}, expected a port number`)
}
if (!PF_DATA_DIR) fail('PF_DATA_DIR: found nothing, expected the folder to keep the state in')

const bank = await startSandboxBank({
  port,
  dataDir: PF_DATA_DIR,
  ...(PF_BIND && { host: PF_BIND }),
  ...(PF_SANDBOX_PUBLIC_URL && { publicUrl: PF_SANDBOX_PUBLIC_URL }),
  ...(PF_SANDBOX_HOSTS && { hosts: PF_SANDBOX_HOSTS.split(',') }),
  ...(PF_SANDBOX_REDIRECT_URLS && { redirectUrls: PF_SANDBOX_REDIRECT_URLS.split(',') }),
}).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
process.stdout.write(`${JSON.stringify({ ready: bank.url, pid: process.pid })}\n`)

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    bank.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
    )
  })
}

function fail(message: string): never {
  process.stderr.write(`${JSON.stringify({ error: message })}\n`)
  process.exit(1)
}
