export type { ProviderSecrets } from './open-instance.ts'
export { KeysInvalid } from './provider-keys.ts'
export {
  type LastCall,
  openProviders,
  type ProviderDeps,
  type ProviderInstance,
  type ProviderSettings,
  type Providers,
  type ProviderView,
  providerInstances,
} from './registry.ts'
export * from './rules.ts'
