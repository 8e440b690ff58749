import { Injectable, inject } from '@angular/core'
import { type Answer, type Ask, Http } from './http.ts'
import type { CsvMapping, Import, List } from './types.ts'

/** Where a file's rows go: an account that is there, a new one, or (neither) the one that the file names itself. */
export type StatementPlace = { accountId?: string; newAccount?: { name: string; currency: string } }
export type StatementFile = StatementPlace & { file: File; mapping?: CsvMapping; dryRun: boolean }

/** Statement files: tried, imported, taken back. */
@Injectable({ providedIn: 'root' })
export class Statements {
  readonly #http = inject(Http)

  list(ask?: Ask): Promise<List<Import>> {
    return this.#http.get('/imports', {}, ask)
  }

  /** With `dryRun` nothing is changed: the answer says what would be. */
  send({ file, accountId, newAccount, mapping, dryRun }: StatementFile, ask?: Ask): Promise<Answer<Import>> {
    const form = new FormData()
    if (accountId !== undefined) form.set('account_id', accountId)
    if (newAccount !== undefined) form.set('new_account', JSON.stringify(newAccount))
    if (mapping !== undefined) form.set('mapping', JSON.stringify(mapping))
    form.set('dry_run', String(dryRun))
    // Last, so that whoever reads the form as it comes knows what the file is for.
    form.set('file', file, file.name)
    return this.#http.post('/imports', form, ask)
  }

  takeBack(id: string): Promise<Answer<void>> {
    return this.#http.delete(`/imports/${encodeURIComponent(id)}`)
  }
}
