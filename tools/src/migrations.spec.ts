import { sources } from './sources.ts'

/**
 * While a new version takes over from an old one both work on one database, and a rollback puts the old one back: a migration only
 * adds. What nobody uses any more goes in a version after the one that stopped using it (docs/operations.md).
 */
const takesAway: readonly [RegExp, string][] = [
  [/\bdrop\s+(table|column|schema|view|type)\b/i, 'the old version still reads it'],
  [/\brename\b/i, 'the old version knows it by its old name'],
  [/\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b/i, 'the old version reads and writes the old type'],
  [/\bset\s+not\s+null\b/i, 'the old version may leave it out'],
  [/\badd\s+column\b(?![\s\S]*\bdefault\b)[\s\S]*\bnot\s+null\b/i, 'the old version writes rows without it'],
  [/\bdrop\s+constraint\b/i, 'the old version counts on it'],
]

/** Before the first release: no version that was ever run beside another. */
const beforeReleases = [/drop constraint \$\{table\}_pkey/]

type Statement = { path: string; sql: string }

function statements(): Statement[] {
  const migrations = sources().filter(({ path }) =>
    /^packages\/(vault|eventing)\/src\/postgres\/migrations\.ts$/.test(path),
  )
  return migrations.flatMap(({ path, text }) =>
    [...text.matchAll(/addSql\(\s*(['"`])([\s\S]*?)\1/g)].map(([, , sql = '']) => ({ path, sql })),
  )
}

const faultsOf = ({ path, sql }: Statement): string[] =>
  takesAway
    .filter(([pattern]) => pattern.test(sql) && !beforeReleases.some((known) => known.test(sql)))
    .map(([, why]) => `${path}: ${sql.split('\n')[0]} (${why})`)

describe('migrations', () => {
  it('only add: an old version works on beside a new one, and after it', () => {
    const found = statements()
    // The oracle reads them: both files, and what their first migration makes.
    expect(new Set(found.map(({ path }) => path)).size).toBe(2)
    expect(found.filter(({ sql }) => sql.startsWith('create table')).length).toBeGreaterThan(10)
    expect(found.flatMap(faultsOf)).toEqual([])
  })

  it.each([
    'alter table vault.keys drop column root',
    'alter table vault.keys rename column root to base',
    'alter table vault.keys alter column generation type bigint',
    'alter table vault.keys alter column root set not null',
    'alter table vault.keys add column other text not null',
    'drop table vault.secrets',
  ])('that take away are found: %s', (sql) => {
    expect(faultsOf({ path: 'here', sql })).toHaveLength(1)
  })

  it.each([
    'alter table vault.keys add column other text',
    'alter table vault.keys add column other text not null default now()',
    'alter table vault.credentials alter column password_hash drop not null',
  ])('that add are let be: %s', (sql) => {
    expect(faultsOf({ path: 'here', sql })).toEqual([])
  })
})
