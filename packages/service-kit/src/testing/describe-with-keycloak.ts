import { keycloakFolder } from './start-keycloak.ts'

/** Rules that need a real Keycloak. Where none is made ready they are not run; under CI that is a failure which says so. */
export function describeWithKeycloak(what: string, rules: (folder: string) => void): void {
  const folder = keycloakFolder()
  if (folder !== undefined) describe(what, () => rules(folder))
  else
    it(`needs a Keycloak made ready: ${what}`, () => {
      if (process.env['CI'] === 'true')
        throw new Error(
          'found no Keycloak made ready, expected one of npm test (with Java and Maven); see tools/bin/keycloak.mjs',
        )
    })
}
