import presets from 'jest-preset-angular/presets/index.js'

const preset = presets.createEsmPreset({ tsconfig: '<rootDir>/tsconfig.spec.json' })

/** The web's own project: specs through roles and Material's harnesses, in jsdom. `npm run test -w @pf/web`. */
export default {
  ...preset,
  displayName: 'web',
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/src'],
  testEnvironment: '<rootDir>/jest.environment.mjs',
  testMatch: ['**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/jest.setup.ts'],
  // TypeScript writes `./money.ts` as `./money.js`; here the source is what is loaded.
  moduleNameMapper: { ...preset.moduleNameMapper, '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/'],
}
