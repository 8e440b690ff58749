export { createPostgresDeadLetters } from './dead-letters.ts'
export { createPostgresLeases } from './leases.ts'
export { eventingMigrations } from './migrations.ts'
export { createPostgresProjectionStore, TableDiffers } from './postgres-projection-store.ts'
