/**
 * A Keycloak for tests, made ready once in a folder: fetched by Maven, built for H2, its database made, its classes archived.
 * From then on a start takes seconds instead of a minute (packages/service-kit/src/testing/start-keycloak.ts).
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const version = '26.7.4'
const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`
const fetchWithinMs = 10 * 60_000
const readyWithinMs = 4 * 60_000

/** Answers the folder. Throws, in words, where a step does not work. */
export async function prepareKeycloak(folder) {
  if (existsSync(join(folder, 'ready'))) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const fetched = join(folder, 'fetched')
  step('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${fetched}`])
  const [archive = ''] = readdirSync(fetched)
  step('tar', ['-xzf', join(fetched, archive), '-C', folder])
  rmSync(fetched, { recursive: true })
  renameSync(join(folder, `keycloak-${version}`), join(folder, 'home'))
  step(join(folder, 'home', 'bin', 'kc.sh'), ['build', '--db=dev-file', '--health-enabled=true'])
  await firstRun(folder)
  writeFileSync(join(folder, 'ready'), version)
  return folder
}

function step(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: fetchWithinMs })
  if (status === 0) return
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-5).join('\n')
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? said}`)
}

/** Makes the tables and Keycloak's own realm, in `h2/`, and leaves the archive of its classes at a clean stop. */
async function firstRun(folder) {
  const [port, management] = [await freePort(), await freePort()]
  const listening = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`]
  const managed = ['--http-management-host=127.0.0.1', `--http-management-port=${management}`]
  const args = [
    'start',
    '--optimized',
    `--hostname=http://localhost:${port}`,
    '--cache=local',
    ...listening,
    ...managed,
  ]
  const child = spawn(join(folder, 'home', 'bin', 'kc.sh'), args, {
    stdio: 'ignore',
    env: {
      ...process.env,
      KC_DB_URL: `jdbc:h2:file:${join(folder, 'h2', 'keycloak')};NON_KEYWORDS=VALUE`,
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
      JAVA_OPTS_APPEND: `-XX:ArchiveClassesAtExit=${join(folder, 'classes.jsa')} -XX:TieredStopAtLevel=1`,
    },
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const deadline = Date.now() + readyWithinMs
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${management}/health/ready`).catch(() => undefined)
    if (answer?.ok) break
    if (child.exitCode !== null) throw new Error(`Keycloak ended with ${child.exitCode} at its first start.`)
    if (Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`Keycloak was not ready within ${readyWithinMs / 1000} s.`)
    }
    await wait(200)
  }
  child.kill('SIGTERM')
  await ended
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
