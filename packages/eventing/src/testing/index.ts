export * from './describe-event-log.ts'
export * from './eventually.ts'
export * from './sealer.ts'
export * from './specify.ts'
