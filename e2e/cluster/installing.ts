import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasEnded, kubectl, meanwhile, namespaceOf, type Overlay, outside, rolledOut, services } from './cluster.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

type Changed = { settings?: Readonly<Record<string, string>>; only?: string }

/** `kubectl apply -k`, of an overlay over this one where settings are told; `only` of its objects where labels are. */
export function applyOverlay(overlay: Overlay, changed: Changed = {}): void {
  const over = mkdtempSync(join(tmpdir(), 'pf-overlay-'))
  try {
    writeFileSync(join(over, 'kustomization.yaml'), JSON.stringify(kustomizationOver(overlay, over, changed)))
    const only = changed.only === undefined ? [] : ['--selector', changed.only]
    kubectl(['apply', '-k', over, ...only], { overlay })
  } finally {
    rmSync(over, { recursive: true })
  }
}

const kustomizationOver = (overlay: Overlay, from: string, { settings = {} }: Changed): object => ({
  apiVersion: 'kustomize.config.k8s.io/v1beta1',
  kind: 'Kustomization',
  namespace: namespaceOf[overlay],
  resources: [relative(realpathSync(from), join(folder, overlay))],
  configMapGenerator: [
    {
      name: 'settings',
      behavior: 'merge',
      literals: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    },
  ],
})

/** What comes before the services: the stores, Secrets and schemas. Resolves when it is done. */
export async function applyFirst(overlay: Overlay, settings: Changed['settings'] = {}): Promise<void> {
  // A Job cannot be changed.
  kubectl(['delete', 'job', 'secrets', 'prepare', '--ignore-not-found'], { overlay })
  applyOverlay(overlay, { settings, only: 'app.kubernetes.io/component in (store, once)' })
  await rolledOut(overlay === 'one' ? ['nats', 'postgres', 's3'] : ['nats'], overlay)
  await hasEnded('secrets', overlay)
  await hasEnded('prepare', overlay)
}

/** In the order of docs/kubernetes.md. Resolves when everything is as it was told to be. */
export async function upgrade(overlay: Overlay, settings: Changed['settings'] = {}): Promise<void> {
  await applyFirst(overlay, settings)
  applyOverlay(overlay, { settings })
  await rolledOut([...services, 'sandbox-bank'], overlay)
}

/** Puts up what `many` finds outside of itself; resolves when all of it answers. */
export async function applyOutside(): Promise<void> {
  kubectl(['apply', '-k', join(folder, 'outside')])
  await meanwhile([
    '--namespace',
    outside,
    'wait',
    '--for=condition=available',
    'deployment',
    '--all',
    '--timeout=180s',
  ])
}

/** Whether an earlier run has left it. */
export const isThere = (overlay: Overlay): boolean =>
  kubectl(['get', 'namespace', namespaceOf[overlay], '--ignore-not-found', '--output=name']) !== ''
