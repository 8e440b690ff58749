import { randomBytes } from 'node:crypto'
import type { Clock, Ids, Timing } from './ports.ts'

export const systemClock: Clock = { now: () => new Date() }

/** UUIDv7 (RFC 9562, section 5.7) from a clock's milliseconds and 74 random bits. */
export function createIds(clock: Clock, random: (bytes: number) => Uint8Array): Ids {
  return {
    uuid() {
      const bytes = Buffer.concat([Buffer.alloc(6), random(10)])
      bytes.writeUIntBE(clock.now().getTime(), 0, 6)
      bytes[6] = (bytes[6]! & 0x0f) | 0x70
      bytes[8] = (bytes[8]! & 0x3f) | 0x80
      const hex = bytes.toString('hex')
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
    },
  }
}

export const systemIds: Ids = createIds(systemClock, randomBytes)

export const systemTiming: Timing = {
  random: Math.random,
  wait(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    })
  },
}
