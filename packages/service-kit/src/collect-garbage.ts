import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Running } from '@pf/eventing'

/** How it is with the thread: bytes that V8 holds for it, and the share of the time since it was last asked that it worked. */
export type ThreadState = { heldBytes: number; busy: number }

const everyMs = 500
/** Less is not worth it: a collection that gives back takes 200 ms where 75 MB live, and nobody is answered meanwhile. */
const worthBytes = 24 * 1024 * 1024
/** Busier than that, somebody may wait for an answer; and V8 collects by itself. */
const idle = 0.05

/**
 * Whether to collect now: a thread that was idle (`busy` up to so much) when it was looked at last, too, and holds much more than
 * it did. V8 collects as it allocates: a thread that falls idle after a large answer keeps what it left for as long as nothing else
 * comes. What its start left is collected in the same way.
 */
export function decideToCollect(idleUpTo = idle): (state: ThreadState) => 'collect' | 'wait' {
  /** Held after the last collection, or since, where it was less. */
  let kept = 0
  let collected = false
  let wasIdle = false
  return ({ heldBytes, busy }) => {
    if (collected) {
      kept = heldBytes
      collected = false
    }
    kept = Math.min(kept, heldBytes)
    const idleForLong = busy <= idleUpTo && wasIdle
    wasIdle = busy <= idleUpTo
    if (!idleForLong || heldBytes - kept < worthBytes) return 'wait'
    collected = true
    return 'collect'
  }
}

/**
 * Collects this thread's garbage when it falls idle. Where Node was not started with --expose-gc, nothing: V8 offers no other way,
 * and flags set later are not promised to work. `idleUpTo`: a thread that nobody waits for may be busier.
 */
export function collectGarbage(idleUpTo = idle): Running {
  const { gc } = globalThis
  if (gc === undefined) return { stop: async () => undefined }
  const decide = decideToCollect(idleUpTo)
  let before = performance.eventLoopUtilization()
  const looking = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization: busy } = performance.eventLoopUtilization(now, before)
    before = now
    if (decide({ heldBytes: heldBytes(), busy }) === 'collect')
      gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, everyMs)
  looking.unref()
  return {
    async stop() {
      clearInterval(looking)
    },
  }
}

/** The heap, and what it holds outside of it: WebAssembly's memory, and buffers. */
function heldBytes(): number {
  const { total_heap_size, external_memory } = getHeapStatistics()
  return total_heap_size + external_memory
}
