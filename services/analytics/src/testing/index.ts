export { accountProof } from '../application/proof.ts'
export { type LakeBytes, openSpaces, type Spaces } from './space.ts'
