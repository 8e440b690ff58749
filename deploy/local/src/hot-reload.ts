import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import type { Child } from './child.ts'
import type { Settings } from './settings.ts'

const settleMs = 400
const watched = ['contracts', 'packages', 'services', 'gateway', 'deploy/local']

/** `npm run dev`: sources are compiled as they change, and the services are started anew with them; the web reloads itself. */
export async function watchSources(
  settings: Settings,
  gatewayWebPort: number,
  children: readonly Child[],
  say: (line: string) => void,
): Promise<void> {
  const { root } = settings
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const ng = join(root, 'node_modules/@angular/cli/bin/ng.js')
  const start = (args: string[], cwd: string, env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    })
    process.once('exit', () => child.kill())
  }
  start([tsc, '-b', '--watch', '--preserveWatchOutput'], root)
  const serve = [ng, 'serve', '--host', settings.bind, '--port', String(settings.webPort)]
  start(serve, join(root, 'web-angular'), { PF_API_PORT: String(gatewayWebPort), NG_CLI_ANALYTICS: 'false' })

  let timer: NodeJS.Timeout | undefined
  const changed = (file: string | null) => {
    if (file === null || !/dist\/.*\.js$/.test(file.replaceAll('\\', '/'))) return
    clearTimeout(timer)
    timer = setTimeout(
      () => void reload().catch((error: unknown) => say(`The services did not come back: ${String(error)}`)),
      settleMs,
    )
  }
  const reload = async () => {
    for (const child of children) {
      if (['nats-server', 'postgres'].includes(child.spec.name)) continue
      await child.restart()
    }
    say('Reloaded.')
  }
  for (const folder of watched) watch(join(root, folder), { recursive: true }, (_event, file) => changed(file))
}
