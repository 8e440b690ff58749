export { type StorageOptions, startStorage } from './start-storage.ts'
