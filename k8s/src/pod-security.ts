import { type Container, containersOf, type Pod } from './manifests.ts'

/** In words, what of a pod is not as Pod Security's `restricted` and this house want it. */
export function podFaults(pod: Pod): string[] {
  const { spec } = pod
  const faults: string[] = []
  if (spec.securityContext?.runAsNonRoot !== true) faults.push('may run as root')
  if (!((spec.securityContext?.runAsUser ?? 0) > 0))
    faults.push('names no user: whether the image has one is its matter')
  if (spec.securityContext?.seccompProfile?.type !== 'RuntimeDefault') faults.push('has no seccomp profile')
  if (spec.hostNetwork || spec.hostPID || spec.hostIPC) faults.push("uses the host's namespaces")
  if ((spec.volumes ?? []).some((volume) => 'hostPath' in volume)) faults.push("mounts the host's files")
  return [...faults, ...containersOf(pod).flatMap((container) => containerFaults(container))].map(
    (fault) => `${pod.name} ${fault}`,
  )
}

function containerFaults({ name, image, securityContext, resources }: Container): string[] {
  const faults: string[] = []
  if (securityContext?.allowPrivilegeEscalation !== false) faults.push('may gain privileges')
  if (securityContext?.privileged) faults.push('is privileged')
  if (!securityContext?.capabilities?.drop?.includes('ALL')) faults.push('keeps capabilities')
  if ((securityContext?.capabilities?.add ?? []).length > 0) faults.push('adds capabilities')
  if (securityContext?.readOnlyRootFilesystem !== true) faults.push('may write to its root file system')
  for (const resource of ['cpu', 'memory']) {
    if (resources?.requests?.[resource] === undefined) faults.push(`requests no ${resource}`)
  }
  // No limit of processor time: it would slow a service down while processors stand idle.
  if (resources?.limits?.['memory'] === undefined) faults.push('has no limit of memory')
  const tag = /:([^/:@]+)$/.exec(image)?.[1]
  if (tag === undefined || tag === 'latest') faults.push(`runs ${image}, of no version`)
  return faults.map((fault) => `(${name}) ${fault}`)
}

/** What is always there has to say how it is; a Job says so by ending. */
export function probeFaults(pod: Pod): string[] {
  if (!['Deployment', 'StatefulSet'].includes(pod.kind)) return []
  return pod.spec.containers.flatMap((container) =>
    (['livenessProbe', 'readinessProbe'] as const)
      .filter((probe) => container[probe] === undefined)
      .map((probe) => `${pod.name} (${container.name}) has no ${probe}`),
  )
}
