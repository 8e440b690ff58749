import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type OutputOf, type Principal, requests } from '@pf/contracts'
import { Answers, passOn, type RequestContext } from '@pf/service-kit'
import type { RowExports } from './adapters/row-exports.ts'
import { checkDays } from './application/transactions.ts'

const operation = requests.analytics.exportTransactions
type PassingParts = Parameters<typeof passOn>[0]

/** Rows as a file: too many for the bus, they go by the object store. */
@Controller()
export class ExportsController {
  readonly #exports: RowExports
  readonly #passing: PassingParts

  constructor(@Inject('row-exports') exports: RowExports, @Inject('passing') passing: PassingParts) {
    this.#exports = exports
    this.#passing = passing
  }

  @Answers(operation, { load: 'heavy' })
  async transactions(
    { exportId: id, format, filter }: InputOf<typeof operation>,
    { spaceId }: Principal,
    { signal }: RequestContext,
  ): Promise<OutputOf<typeof operation>> {
    checkDays({ date_from: filter.date_from, date_to: filter.date_to })
    const { rows, taken: pieces } = await this.#exports.write({ spaceId, id, filter, format }, (made) =>
      passOn(this.#passing, { spaceId, id }, made, signal),
    )
    return { rows, pieces }
  }
}
