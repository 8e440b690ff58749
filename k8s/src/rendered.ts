import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { Manifest } from './manifests.ts'

const k8s = join(fileURLToPath(import.meta.url), '..', '..')

/** What runs a folder of manifests: `overlays/cluster`, say. */
export type Rendered = { text: string; manifests: Manifest[] }

function ran(name: string, args: readonly string[], input?: string): string {
  const program = process.env[name]
  if (!program) throw new Error(`${name} names no program: \`npm test\` brings it (tools/bin/real-parts.mjs)`)
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`)
  return stdout
}

/** As `kubectl apply -k` would send it. */
export function rendered(folder: string): Rendered {
  const text = ran('PF_KUBECTL', ['kustomize', join(k8s, folder)])
  return { text, manifests: parseAllDocuments(text).map((document) => document.toJS() as Manifest) }
}

/** Throws with what Kubernetes' own schemas find wrong, unknown fields too. ServiceMonitor is the Prometheus operator's. */
export function checkSchemas(text: string): void {
  const schemas = join(process.env['PF_KUBERNETES_SCHEMAS'] ?? '', '{{.ResourceKind}}{{.KindSuffix}}.json')
  ran('PF_KUBECONFORM', ['-strict', '-skip', 'ServiceMonitor', '-schema-location', schemas], text)
}

/** Rules about rendered manifests. Where the programs are not at hand they are not run; under CI that is a failure. */
export function describeRendered(what: string, rules: () => void): void {
  const missing = ['PF_KUBECTL', 'PF_KUBECONFORM', 'PF_KUBERNETES_SCHEMAS'].filter((name) => !process.env[name])
  if (missing.length === 0) describe(what, rules)
  else
    it(`needs ${missing.join(', ')} of npm test: ${what}`, () => {
      if (process.env['CI'] === 'true')
        throw new Error(`found no ${missing.join(', ')}, expected what tools/bin/real-parts.mjs brings`)
    })
}
