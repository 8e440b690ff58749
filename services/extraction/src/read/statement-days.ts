import type { LedgerEvent } from '@pf/contracts'
import { drop, projection, put } from '@pf/eventing'

export type StatementDaysRow = {
  importId: string
  accountId: string
  spaceId: string
  windowFrom: string
  windowTo: string
}

/** Which days of an account does a statement file tell of, that the user imported and has not taken back? */
export const statementDays = projection<LedgerEvent, StatementDaysRow>({
  name: 'extraction_statement_days',
  version: 1,
  context: 'storage',
  table: {
    name: 'statement_days',
    key: ['importId'],
    space: 'spaceId',
    indexes: [['accountId'], ['spaceId']],
    columns: { importId: 'text', accountId: 'text', spaceId: 'text', windowFrom: 'date', windowTo: 'date' },
  },
  on: {
    StatementImported: ({ importId, accountId, window }, { spaceId }) =>
      put<StatementDaysRow>({ importId, accountId, spaceId, windowFrom: window.from, windowTo: window.to }),
    ImportTakenBack: ({ importId }) => drop({ importId }),
  },
})
