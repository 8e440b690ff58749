import { postgresArguments } from './postgres.ts'

describe("the database's own log", () => {
  it('quotes no statement and no value of a row', () => {
    const said = postgresArguments({ binary: 'postgres', dataDir: '/data' }, 5432)
    // A unique violation's DETAIL reads "Key (lower(username))=(alice) already exists"; terse leaves it out.
    expect(said).toContain('log_error_verbosity=terse')
    expect(said).toContain('log_statement=none')
    expect(said).toContain('log_min_error_statement=panic')
  })
})
