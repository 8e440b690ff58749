/** A fault that a test has ordered on the wire; `left` null means until it is cleared. */
export type Fault = {
  id: number
  method: string | null
  path: string
  left: number | null
  status: number | null
  body: unknown
  headers: Record<string, string>
  delayMs: number
  drop: boolean
  /** A documented failure by its name; its answer is written when it strikes (documented-faults.ts). */
  kind?: string
}

/**
 * True where a fault is meant for this call. `path` is a prefix, or with `*` a glob over the whole path; it may leave
 * out `/api/v2`.
 */
export function strikes(fault: Fault, method: string, path: string): boolean {
  if (fault.left === 0) return false
  if (fault.method !== null && fault.method !== method) return false
  const short = path.startsWith('/api/v2/') ? path.slice('/api/v2'.length) : null
  return matches(fault.path, path) || (short !== null && matches(fault.path, short))
}

function matches(pattern: string, path: string): boolean {
  if (!pattern.includes('*')) return path.startsWith(pattern)
  const glob = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${glob}$`).test(path)
}
