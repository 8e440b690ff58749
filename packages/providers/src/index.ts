export {
  openProviders,
  type ProviderDeps,
  type ProviderInstance,
  type ProviderSettings,
  type Providers,
  providerInstances,
} from './registry.ts'
export * from './rules.ts'
