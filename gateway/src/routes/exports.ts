import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest

/** A million rows are sorted, written and sealed. */
const deadlineMs = 120_000
const media = { csv: 'text/csv; charset=utf-8; header=present', parquet: 'application/vnd.apache.parquet' } as const

/** Files of a user's own data. */
@Controller()
export class ExportsController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  /**
   * Written by analytics as of one moment, then read piece by piece as fast as the client takes it: a slow one holds neither
   * the marts nor more memory than a piece. Who goes away ends the writing, and leaves no piece behind.
   */
  @Serves(routes.exportTransactions)
  async transactions(call: Call<typeof routes.exportTransactions>): Promise<Readable> {
    const { format, ...filter } = call.query
    const input = { exportId: randomUUID(), format, filter }
    const options = { ...call.options, deadlineMs }
    const { pieces } = await this.#gateway.bus.call(requests.analytics.exportTransactions, input, options)
    const file = Readable.from(this.#gateway.downloads.read(call.principal.spaceId, pieces), { objectMode: false })
    call.reply.type(media[format]).header('content-disposition', `attachment; filename="transactions.${format}"`)
    return file
  }
}
