export {
  dropNextMasterKey,
  loadMasterKey,
  type MasterKeySource,
  nextMasterKey,
  takeNextMasterKey,
} from './master-key.ts'
export type { ErasureWord, Holders, KeyRing, KeyScope, Random, SecretBox } from './ports.ts'
export { systemRandom } from './random.ts'
export {
  HoldersSilent,
  KeyMissing,
  LedgerRefused,
  MasterKeyRefused,
  RestoreRefused,
  SealBroken,
  SpaceHeld,
  VaultInUse,
} from './refusals.ts'
