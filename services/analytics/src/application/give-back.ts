import type { Bounds } from '../bounds.ts'

const megabyte = 1024 * 1024

/**
 * Has memory given back where the process has grown since it was least, or since the last time: allocators keep what was freed for
 * whoever comes next, and nobody may come. What is in use stays, and counts from then on. `resident`: bytes of the process.
 */
export function giveBack(
  allocators: { giveMemoryBack(): Promise<void> },
  { giveBackFromMb }: Pick<Bounds, 'giveBackFromMb'>,
  resident: () => number = () => process.memoryUsage.rss(),
): () => Promise<void> {
  let least = Number.POSITIVE_INFINITY
  return async () => {
    least = Math.min(least, resident())
    if (resident() < least + giveBackFromMb * megabyte) return
    await allocators.giveMemoryBack()
    least = resident()
  }
}
