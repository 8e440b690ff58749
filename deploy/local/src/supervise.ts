import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Hopeless } from './child.ts'
import { takeOver } from './orphans.ts'
import { startTimeOf } from './process-table.ts'
import { assertFree, makeFolders, readSettings } from './settings.ts'
import { System } from './system.ts'

const root = resolve(fileURLToPath(import.meta.url), '..', '..', '..', '..')
const say = (line: string) => process.stdout.write(`${line}\n`)

/** `npm start` on Node 24: starts everything in order, keeps it alive, stops it cleanly. */
async function main(): Promise<void> {
  const written = join(root, '.env')
  // What the environment says already stands above what the file says.
  if (existsSync(written)) process.loadEnvFile(written)
  const settings = readSettings(root, process.env, process.argv.includes('--dev'))
  const folders = makeFolders(settings.dataDir)
  const recordPath = join(folders.run, 'processes.json')
  await takeOver(recordPath, say)
  await assertFree(settings.webPort, settings.bind, 'PF_WEB_PORT')
  await assertFree(settings.apiPort, settings.bind, 'PF_API_PORT')
  if (settings.sandbox) await assertFree(settings.sandboxPort, settings.bind, 'PF_SANDBOX_PORT')

  let stop: (why: Hopeless | undefined) => void = () => undefined
  const stopped = new Promise<Hopeless | undefined>((resolve_) => {
    stop = resolve_
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(undefined))
  const supervisor = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' }
  const system = new System(settings, folders, { say, hopeless: (error) => stop(error), recordPath, supervisor })
  const started = system.start().then(
    () => {
      sayWhoIsFirst(settings)
      say(`ready ${settings.publicUrl}`)
    },
    (error: unknown) =>
      stop(error instanceof Hopeless ? error : new Hopeless(String(error instanceof Error ? error.message : error))),
  )
  const why = await stopped
  if (why === undefined) say('Stopping …')
  await system.stop()
  await started
  if (why !== undefined) throw why
  say('Stopped. Your data is kept; the next start continues here.')
}

/** Beyond this machine the first user, who becomes the operator, needs the code that auth has written there. */
function sayWhoIsFirst({ dataDir, publicUrl }: { dataDir: string; publicUrl: string }): void {
  const file = join(dataDir, 'first-operator-code')
  if (!existsSync(file)) return
  const code = readFileSync(file, 'utf8').trim()
  say(`Nobody is registered yet. You become the operator at ${new URL('/register', publicUrl).href}?invite=${code}`)
}

try {
  await main()
  process.exit(0)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
