export {
  type ConfigOf,
  ConfigRefused,
  choice,
  defineConfig,
  type Environment,
  integer,
  list,
  optional,
  port,
  type Setting,
  type Shape,
  text,
  url,
} from './define-config.ts'
export { envExample } from './env-example.ts'
export { readEnvironment } from './environment.ts'
export { type KeycloakConfig, keycloakConfig } from './keycloak-config.ts'
export { ParametersRefused } from './parameter-store.ts'
export {
  isOwnMachine,
  type LiveConfig,
  masterKeySource,
  type PlatformConfig,
  platformConfig,
  platformShape,
  s3Credentials,
} from './platform-config.ts'
export { type RelyingParty, relyingParty } from './relying-party.ts'
export { secretIn } from './secret-in.ts'
export { fixedSettings, openSettings, type Settings, withParameters } from './settings.ts'
