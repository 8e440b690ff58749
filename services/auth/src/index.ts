export { askErasureOf } from './ask-erasure.ts'
export { startAuth } from './start-auth.ts'
