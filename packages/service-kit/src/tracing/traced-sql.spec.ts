import { nameOf } from './traced-sql.ts'

describe('the name of a statement', () => {
  it.each([
    ['select "a".* from "vault"."keys" as "a" where iban = \'GB33\'', 'sql select vault.keys'],
    ['insert into eventing.checkpoints (name) values (?)', 'sql insert eventing.checkpoints'],
    ['update only vault.sessions set x = 1', 'sql update vault.sessions'],
    ['\n  delete from rows_7.accounts', 'sql delete rows_7.accounts'],
    ['begin', 'sql begin'],
  ])('is its verb and its relation: %s', (query, name) => {
    expect(nameOf(query)).toBe(name)
  })
})
