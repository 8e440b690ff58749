import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type OutputOf, type Principal, type Rest, requests, type SealedFile } from '@pf/contracts'
import { Answers, passOn, type RequestContext } from '@pf/service-kit'
import type { RowExports } from './adapters/row-exports.ts'
import type { DataExportsOfSpaces } from './application/data-exports.ts'
import { checkDays } from './application/transactions.ts'

const { analytics } = requests
type PassingParts = Parameters<typeof passOn>[0]

/** Rows, and all that there is, as files: too large for the bus, they go by the object store. */
@Controller()
export class ExportsController {
  readonly #exports: RowExports
  readonly #passing: PassingParts
  readonly #dataExports: DataExportsOfSpaces

  constructor(
    @Inject('row-exports') exports: RowExports,
    @Inject('passing') passing: PassingParts,
    @Inject('data-exports') dataExports: DataExportsOfSpaces,
  ) {
    this.#exports = exports
    this.#dataExports = dataExports
    this.#passing = passing
  }

  @Answers(analytics.exportTransactions, { load: 'heavy' })
  async transactions(
    { exportId: id, format, filter }: InputOf<typeof analytics.exportTransactions>,
    { spaceId }: Principal,
    { signal }: RequestContext,
  ): Promise<OutputOf<typeof analytics.exportTransactions>> {
    checkDays({ date_from: filter.date_from, date_to: filter.date_to })
    const { rows, taken: pieces } = await this.#exports.write({ spaceId, id, filter, format }, (made) =>
      passOn(this.#passing, { spaceId, id }, made, signal),
    )
    return { rows, pieces }
  }

  @Answers(analytics.requestExport)
  async requestExport(
    input: InputOf<typeof analytics.requestExport>,
    { spaceId }: Principal,
  ): Promise<Rest.DataExport> {
    return this.#dataExports.view(await this.#dataExports.request(spaceId, input))
  }

  @Answers(analytics.dataExports)
  async dataExports(_: object, { spaceId }: Principal): Promise<{ items: Rest.DataExport[] }> {
    return { items: (await this.#dataExports.list(spaceId)).map(this.#dataExports.view) }
  }

  @Answers(analytics.dataExport)
  async dataExport({ id }: InputOf<typeof analytics.dataExport>, { spaceId }: Principal): Promise<Rest.DataExport> {
    return this.#dataExports.view(await this.#dataExports.find(spaceId, id))
  }

  @Answers(analytics.exportFile)
  exportFile({ id }: InputOf<typeof analytics.exportFile>, { spaceId }: Principal): Promise<SealedFile> {
    return this.#dataExports.file(spaceId, id)
  }

  @Answers(analytics.deleteExport)
  async deleteExport(input: InputOf<typeof analytics.deleteExport>, { spaceId }: Principal): Promise<object> {
    await this.#dataExports.remove(spaceId, input)
    return {}
  }
}
