export * from './memory-log.ts'
