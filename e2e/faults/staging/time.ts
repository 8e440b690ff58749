import { setTimeout } from 'node:timers/promises'

/** How long a fault lasts. What comes of it is never waited for so: conditions have deadlines (`eventually`). */
export const wait = (ms: number): Promise<void> => setTimeout(ms)
