export { loadMasterKey } from './master-key.ts'
export type { KeyRing, Random, SecretBox } from './ports.ts'
export { systemRandom } from './random.ts'
export { KeyMissing, MasterKeyRefused, SealBroken } from './refusals.ts'
