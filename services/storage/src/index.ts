export type { Replayed } from './application/replay-lake.ts'
export { startReplay } from './start-replay.ts'
export { type StorageOptions, startStorage } from './start-storage.ts'
