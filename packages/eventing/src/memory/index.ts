export * from './memory-dead-letters.ts'
export * from './memory-leases.ts'
export * from './memory-log.ts'
export * from './memory-projection-store.ts'
