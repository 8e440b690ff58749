/** A promise of the system that did not hold. */
export class OracleFailure extends Error {
  readonly oracle: string
  constructor(oracle: string, found: string) {
    super(found)
    this.name = 'OracleFailure'
    this.oracle = oracle
  }
}

export function expectThat(oracle: string, holds: boolean, found: () => string): void {
  if (!holds) throw new OracleFailure(oracle, found())
}
