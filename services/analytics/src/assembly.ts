// What a simulation runs of this service: all but its marts, which need files and DuckDB.
export { createMaterialiser } from './application/materialise.ts'
export type { MartRegistry } from './application/ports.ts'
export { mart } from './domain/mart.ts'
export { materialiseStored } from './reactions/materialise-stored.ts'
