import { Controller, Inject } from '@nestjs/common'
import { type Done, type InputOf, type RawRef, Rest, refuse, requests, type StatementView } from '@pf/contracts'
import { derivedUuid, sha256 } from '@pf/eventing'
import type { CallOptions } from '@pf/service-kit'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import { type Call, done } from '../http/call.ts'
import { Serves } from '../http/serves.ts'
import { type UploadedForm, uploadedForm } from '../http/upload.ts'
import { validated } from '../http/validate.ts'

const { routes } = Rest
const { connection, storage } = requests

/** Fifty megabytes are read, matched with a history and written. */
const deadlineMs = 120_000

/** Statement files. The upload goes sealed into the object store, storage reads it, connection knows whose it is. */
@Controller()
export class ImportsController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.imports)
  imports(call: Call<typeof routes.imports>): Promise<{ items: Rest.Import[] }> {
    return reads.imports(this.#gateway.ask(call.options))
  }

  @Serves(routes.importStatement)
  async importStatement(call: Call<typeof routes.importStatement>): Promise<Rest.Import> {
    const { file, fields } = await uploadedForm(call.request)
    const form = formOf(fields)
    call.checkBody({ ...fields, file: sha256(file.bytes) })
    const raw = await this.#gateway.uploads.put(call.principal.spaceId, call.commandId, file.bytes)
    try {
      return await this.#import(call, form, { file, raw })
    } finally {
      await this.#gateway.uploads.drop(raw)
    }
  }

  @Serves(routes.takeBackImport)
  async takeBackImport(call: Call<typeof routes.takeBackImport>): Promise<void> {
    const input = { id: call.params.id, commandId: call.commandId }
    done(call, await this.#gateway.bus.call(storage.takeBackImport, input, { ...call.options, deadlineMs }))
  }

  async #import(
    call: Call<typeof routes.importStatement>,
    form: Rest.StatementForm,
    { file, raw }: { file: UploadedForm['file']; raw: RawRef },
  ): Promise<Rest.Import> {
    const { bus } = this.#gateway
    const options = { ...call.options, deadlineMs }
    const upload = { raw, fileName: file.name }
    const dryRun = form.dry_run ?? false
    const mapping = form.mapping === undefined ? {} : { mapping: form.mapping }
    const view = await bus.call(storage.readStatement, { upload, ...mapping }, options)
    if (!view.readable) return unread(view, { fileName: file.name, dryRun })
    const part = form.part ?? 0
    const told = view.accounts[part]
    if (told === undefined)
      throw refuse('invalid_input', `The file tells of ${view.accounts.length} accounts; count from 0.`)
    const asked: InputOf<typeof connection.statementAccount> = {
      ...(form.account_id === undefined ? {} : { accountId: form.account_id }),
      ...(form.new_account === undefined ? {} : { newAccount: form.new_account }),
      identifiers: { ...told.identifiers, ...(told.currency === null ? {} : { currency: told.currency }) },
      dryRun,
      commandId: call.commandId,
    }
    const account = await bus.call(connection.statementAccount, asked, options)
    const answer: Done<Rest.Import> = await bus.call(
      storage.importStatement,
      {
        importId: derivedUuid('import', call.commandId),
        upload,
        part,
        ...(account.account_id === null ? {} : { accountId: account.account_id }),
        accountName: account.name,
        ...(await this.#currencyOf(account.account_id, form, options)),
        ...(form.new_account === undefined ? {} : { describe: form.new_account }),
        ...mapping,
        dryRun,
        commandId: call.commandId,
      },
      options,
    )
    const { account: named, ...rest } = done(call, answer)
    return { ...rest, account: named === null ? null : { ...named, recognised: account.recognised } }
  }

  /** Of the account that the rows go to: many a file does not say in what it counts. */
  async #currencyOf(
    accountId: string | null,
    form: Rest.StatementForm,
    options: CallOptions,
  ): Promise<{ currency?: string }> {
    if (accountId === null || form.new_account !== undefined) {
      return form.new_account === undefined ? {} : { currency: form.new_account.currency }
    }
    const { items } = await this.#gateway.bus.call(connection.accounts, {}, options)
    const currency = items.find(({ id }) => id === accountId)?.currency
    return currency === undefined ? {} : { currency }
  }
}

/** A form's fields are text; two of them hold JSON. Throws `invalid_input`. */
function formOf(fields: Readonly<Record<string, string>>): Rest.StatementForm {
  const said: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(fields)) {
    if (text !== '') said[name] = name === 'account_id' ? text : parsed(name, text)
  }
  return validated('body', Rest.StatementForm, said) as Rest.StatementForm
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('invalid_input', `Field ${name} has to be JSON.`)
  }
}

/** A CSV whose columns are not clear: tried, it says what was found; imported, it is refused. */
function unread(view: StatementView, { fileName, dryRun }: { fileName: string; dryRun: boolean }): Rest.Import {
  if (!dryRun) {
    throw refuse('mapping_needed', 'The columns of this file are not clear. Try it with dry_run and send a `mapping`.')
  }
  const { format, preset, window, observed, mapping, columns, problems } = view
  return {
    id: '',
    status: 'mapping_needed',
    file_name: fileName,
    account: null,
    added: 0,
    matched: 0,
    held: 0,
    doubled: 0,
    preview: [],
    imported_at: null,
    ...{ format, preset, window, observed, mapping, columns, problems },
  }
}
