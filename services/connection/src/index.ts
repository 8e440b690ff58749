export { type ConnectionOptions, startConnection } from './start.ts'
