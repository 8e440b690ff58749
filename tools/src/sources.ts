import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export type Manifest = {
  name: string
  exports?: Record<string, unknown>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
export type Workspace = { folder: string; manifest: Manifest }
export type Source = { path: string; text: string; workspace: Workspace; imports: string[] }

const skipped = new Set(['node_modules', 'dist', '.angular', 'goldens', 'fixtures', 'out', 'compiled', 'target'])
const imported =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

export const rootManifest = readManifest('.')

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}

/** All workspaces that npm knows, by their folders. */
export function workspaces(): Workspace[] {
  const { workspaces: patterns } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    workspaces: string[]
  }
  const folders = patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    return readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`)
  })
  return folders.map((folder) => ({ folder, manifest: readManifest(folder) }))
}

/** Every TypeScript source of ours with what it imports (as text: comments that look like imports count too). */
export function sources(): Source[] {
  return workspaces().flatMap((workspace) =>
    filesIn(join(root, workspace.folder))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => {
        const text = readFileSync(path, 'utf8')
        const imports = [...text.matchAll(imported)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')
        return { path: relative(root, path), text, workspace, imports }
      }),
  )
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}
