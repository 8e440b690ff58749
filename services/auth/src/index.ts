export { startAuth } from './start-auth.ts'
