export { startTracing } from './start-tracing.ts'
export { tracedObjects } from './traced-objects.ts'
export { TracedSql } from './traced-sql.ts'
