/** The part of Kubernetes' objects that the rules here speak of. */
export type Manifest = {
  kind: string
  metadata: { name: string; namespace?: string; labels?: Labels }
  spec?: unknown
  data?: Readonly<Record<string, string>>
}
export type Labels = Readonly<Record<string, string>>

export type EnvironmentVariable = {
  name: string
  value?: string
  valueFrom?: { secretKeyRef?: { name: string; key: string }; configMapKeyRef?: { name: string; key: string } }
}
export type Container = {
  name: string
  image: string
  env?: EnvironmentVariable[]
  envFrom?: { configMapRef?: { name: string } }[]
  ports?: { name: string; containerPort: number }[]
  resources?: { requests?: Labels; limits?: Labels }
  securityContext?: {
    allowPrivilegeEscalation?: boolean
    capabilities?: { add?: string[]; drop?: string[] }
    privileged?: boolean
    readOnlyRootFilesystem?: boolean
  }
  startupProbe?: object
  livenessProbe?: object
  readinessProbe?: object
}
export type SecretItems = { name: string; items?: { key: string; path: string }[] }
export type PodSpec = {
  automountServiceAccountToken?: boolean
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  initContainers?: Container[]
  containers: Container[]
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } }
  volumes?: ({ name: string; projected?: { sources: { secret?: SecretItems }[] } } & Record<string, unknown>)[]
}
/** What a workload makes pods of. */
export type Pod = { name: string; kind: string; labels: Labels; spec: PodSpec }

type Template = { metadata?: { labels?: Labels }; spec: PodSpec }

/** One pod of each workload. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests.flatMap((manifest) => {
    const template = templateOf(manifest)
    if (template === undefined) return []
    const { kind, metadata } = manifest
    return [{ name: metadata.name, kind, labels: template.metadata?.labels ?? {}, spec: template.spec }]
  })
}

function templateOf({ kind, spec }: Manifest): Template | undefined {
  if (['Deployment', 'StatefulSet', 'Job'].includes(kind)) return (spec as { template: Template }).template
  if (kind === 'CronJob') return (spec as { jobTemplate: { spec: { template: Template } } }).jobTemplate.spec.template
  return undefined
}

export const containersOf = ({ spec }: Pod): Container[] => [...(spec.initContainers ?? []), ...spec.containers]

export const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind)

/** A generated ConfigMap by the name it has in the sources, before its digest. */
export function configMap(manifests: readonly Manifest[], name: string): Readonly<Record<string, string>> {
  const found = ofKind(manifests, 'ConfigMap').find(
    ({ metadata }) => metadata.name.replace(/-[a-z0-9]{10}$/, '') === name,
  )
  if (found?.data === undefined) throw new Error(`found no ConfigMap ${name} among the manifests`)
  return found.data
}
