import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasEnded, kubectl, meanwhile, namespaceOf, type Overlay, rolledOut, services } from './cluster.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** A version of manifests and images; today's where nothing is told. */
export type Version = { checkout?: string; tag?: string }

/** That which `--from` tells: a checkout, whose images have been tagged `before`. */
export function versionBefore(): Version {
  const { PF_E2E_FROM: checkout } = process.env
  if (!checkout)
    throw new Error('PF_E2E_FROM: found nothing, expected the checkout of `npm run e2e:cluster -- --from …`')
  return { checkout, tag: 'before' }
}

type Changed = { settings?: Readonly<Record<string, string>>; version?: Version }

/** `kubectl apply -k`, of an overlay over this one where settings are told; `only` of its objects where labels are. */
export function applyOverlay(overlay: Overlay, changed: Changed & { only?: string } = {}): void {
  const over = mkdtempSync(join(tmpdir(), 'pf-overlay-'))
  try {
    writeFileSync(join(over, 'kustomization.yaml'), JSON.stringify(kustomizationOver(overlay, over, changed)))
    const only = changed.only === undefined ? [] : ['--selector', changed.only]
    kubectl(['apply', '-k', over, ...only], { overlay })
  } finally {
    rmSync(over, { recursive: true })
  }
}

function kustomizationOver(overlay: Overlay, from: string, { settings = {}, version = {} }: Changed): object {
  const here = (...path: string[]) => relative(realpathSync(from), join(...path))
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: namespaceOf[overlay],
    ...(version.checkout === undefined
      ? { resources: [here(folder, overlay)] }
      : { resources: [here(version.checkout, 'k8s/overlays/demo')], components: [here(folder, 'forwarded')] }),
    configMapGenerator: [
      {
        name: 'settings',
        behavior: 'merge',
        literals: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      },
    ],
    ...(version.tag !== undefined && {
      images: ['services', 'web'].map((name) => ({ name: `personal-finances/${name}`, newTag: version.tag })),
    }),
  }
}

/** What comes before the services: the stores, Secrets and schemas. Resolves when it is done. */
export async function applyFirst(overlay: Overlay, changed: Changed = {}): Promise<void> {
  // A Job cannot be changed.
  kubectl(['delete', 'job', 'secrets', 'prepare', '--ignore-not-found'], { overlay })
  applyOverlay(overlay, { ...changed, only: 'app.kubernetes.io/component in (store, once)' })
  await rolledOut(overlay === 'one' ? ['nats', 'postgres', 's3'] : ['nats'], overlay)
  await hasEnded('secrets', overlay)
  await hasEnded('prepare', overlay)
}

/** In the order of docs/kubernetes.md. Resolves when everything is as it was told to be. */
export async function upgrade(overlay: Overlay, changed: Changed = {}): Promise<void> {
  await applyFirst(overlay, changed)
  applyOverlay(overlay, changed)
  await rolledOut([...services, 'sandbox-bank'], overlay)
}

/** Puts up what `many` finds outside of itself; resolves when all of it answers. */
export async function applyOutside(): Promise<void> {
  kubectl(['apply', '-k', join(folder, 'outside')], { overlay: 'outside' })
  await meanwhile(['wait', '--for=condition=available', 'deployment', '--all', '--timeout=180s'], 'outside')
}

/** Whether an earlier run has left it. */
export const isThere = (overlay: Overlay): boolean =>
  kubectl(['get', 'namespace', namespaceOf[overlay], '--ignore-not-found', '--output=name']) !== ''
