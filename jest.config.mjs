// A defect is planted (`npm run test:mutants`): the same transform, with its text in its files.
const transform = process.env.PF_MUTANT ? '<rootDir>/e2e/simulation/mutants/jest-transform.mjs' : '@swc/jest'

const node = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@pf/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      transform,
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/\\.data/', '/\\.cache/'],
}

const roots = ['contracts', 'packages', 'services', 'gateway', 'deploy', 'k8s', 'tools', 'bench', 'e2e'].map(
  (d) => `<rootDir>/${d}`,
)

/** `unit`: no I/O, seconds. `integration`: real NATS, PostgreSQL, object store, started by tools/. The web has its own project. `cluster` is `npm run e2e:cluster` alone. */
export default {
  projects: [
    {
      ...node,
      displayName: 'unit',
      roots,
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '/e2e/'],
      setupFilesAfterEnv: ['<rootDir>/tools/src/patience.ts'],
    },
    {
      ...node,
      displayName: 'integration',
      roots,
      testMatch: ['**/*.int.spec.ts'],
      testPathIgnorePatterns: ['/e2e/'],
      setupFilesAfterEnv: ['<rootDir>/tools/src/patience.ts'],
    },
    {
      ...node,
      displayName: 'e2e',
      roots,
      testMatch: ['<rootDir>/e2e/**/*.spec.ts'],
      testPathIgnorePatterns: ['/e2e/cluster/'],
      setupFilesAfterEnv: ['<rootDir>/tools/src/patience.ts'],
    },
    {
      ...node,
      displayName: 'cluster',
      roots,
      testMatch: ['<rootDir>/e2e/cluster/*.spec.ts'],
    },
  ],
}
