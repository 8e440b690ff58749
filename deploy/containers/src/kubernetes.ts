import { readFile } from 'node:fs/promises'
import { type ClusterSecretName, clusterSecrets, type SecretData } from './cluster-secrets.ts'

/** The API server as a pod finds it, and who the pod is there. */
export type Cluster = { readonly url: string; readonly namespace: string; readonly token: string }

/** Where a pod's service account is mounted. Its certificate authority is Node's own matter: NODE_EXTRA_CA_CERTS. */
const account = '/var/run/secrets/kubernetes.io/serviceaccount'

type Environment = Readonly<Record<string, string | undefined>>

export async function clusterOf({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: Environment) {
  if (host === undefined || port === undefined) {
    throw new ClusterRefused('not_in_a_cluster', 'found no KUBERNETES_SERVICE_HOST, expected to run in a pod')
  }
  const read = (name: string) => readFile(`${account}/${name}`, 'utf8')
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return { url, namespace: await read('namespace'), token: await read('token') }
}

/** The API server refused, or this is no pod. Never repeats what a Secret holds. */
export class ClusterRefused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'ClusterRefused'
    this.code = code
  }
}

type Stored = { data?: Record<string, string>; metadata: { name: string; resourceVersion?: string } }

/**
 * Makes a Secret whole in one request; one that is there keeps every value, and `passwords` is given what a newer version
 * needs besides. Two that run at once agree: the API server takes the first.
 */
export async function keepSecret(cluster: Cluster, name: ClusterSecretName): Promise<'made' | 'extended' | 'kept'> {
  const data = encoded(await clusterSecrets[name]({}))
  const made = await asked(cluster, 'POST', '', { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data })
  if (made.status === 201) return 'made'
  if (made.status !== 409) throw await refusalOf(made, `create the Secret ${name}`)
  return name === 'passwords' ? extendPasswords(cluster) : 'kept'
}

async function extendPasswords(cluster: Cluster): Promise<'extended' | 'kept'> {
  const found = await asked(cluster, 'GET', '/passwords')
  if (found.status !== 200) throw await refusalOf(found, 'read the Secret passwords')
  const stored = (await found.json()) as Stored
  const before = decoded(stored.data ?? {})
  const after = { ...before, ...(await clusterSecrets.passwords(before)) }
  if (Object.entries(after).every(([key, value]) => before[key] === value)) return 'kept'
  // With the version that was read: whoever was faster is not written over, and the Job tries again.
  const written = await asked(cluster, 'PUT', '/passwords', { ...stored, data: encoded(after) })
  if (written.status !== 200) throw await refusalOf(written, 'update the Secret passwords')
  return 'extended'
}

function asked({ url, namespace, token }: Cluster, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${url}/api/v1/namespaces/${namespace}/secrets${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function refusalOf(response: Response, what: string): Promise<ClusterRefused> {
  const said = (await response.json().catch(() => ({}))) as { reason?: string; message?: string }
  return new ClusterRefused('cluster_refused', `could not ${what}: ${response.status} ${said.reason} ${said.message}`)
}

const encoded = (data: SecretData): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))
const decoded = (data: SecretData): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
