import { createLogger } from '@pf/service-kit'
import { type ClusterSecretName, clusterSecrets } from './cluster-secrets.ts'
import { clusterOf, keepSecret } from './kubernetes.ts'

/** `node keep-cluster-secrets.js NAME…`: the first Job of an installation in a cluster (k8s/base). */
const logger = createLogger({ name: 'secrets', level: 'info' })
const isKnown = (name: string): name is ClusterSecretName => Object.hasOwn(clusterSecrets, name)
const names = process.argv.slice(2)
try {
  if (names.length === 0 || !names.every(isKnown)) {
    throw new Error(`found "${names.join(' ')}", expected names of ${Object.keys(clusterSecrets).join(', ')}`)
  }
  const cluster = await clusterOf(process.env)
  for (const name of names) logger.info({ name, outcome: await keepSecret(cluster, name) }, 'kept')
} catch (err) {
  logger.fatal({ err }, 'the secrets cannot be kept')
  process.exitCode = 1
}
