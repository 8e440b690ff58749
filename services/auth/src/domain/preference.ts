export type Preference = {
  key: string
  value: unknown
  /** Another one with every change. */
  revision: string
  changedAt: string
}

/** That a user's pages remember at most. */
export const maxPreferences = 200
/** Of one value as JSON. */
export const maxValueBytes = 16 * 1024
/** No page remembers a tree. */
export const maxValueDepth = 32

export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1))
}
