import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { everything } from '../compose/everything.ts'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const { analytics } = requests

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
    const { pieces } = await this.#gateway.bus.call(analytics.exportTransactions, input, options)
    const file = Readable.from(this.#gateway.downloads.read(call.principal.spaceId, pieces), { objectMode: false })
    call.reply.type(media[format]).header('content-disposition', `attachment; filename="transactions.${format}"`)
    return file
  }

  /** What the API answers is gathered here and now, as it is for whoever asks; analytics adds rows, lake and raw answers. */
  @Serves(routes.requestExport)
  async requestExport(call: Call<typeof routes.requestExport>): Promise<Rest.DataExport> {
    const { bus, uploads } = this.#gateway
    const exportId = derivedUuid('data export', call.commandId)
    const answers = Buffer.from(JSON.stringify(await everything(this.#gateway.ask(call.options))))
    const documents = await uploads.put(call.principal.spaceId, randomUUID(), answers)
    try {
      return await bus.call(analytics.requestExport, { exportId, documents, commandId: call.commandId }, call.options)
    } catch (error) {
      await uploads.drop(documents)
      throw error
    }
  }

  @Serves(routes.dataExports)
  dataExports(call: Call<typeof routes.dataExports>): Promise<{ items: Rest.DataExport[] }> {
    return reads.dataExports(this.#gateway.ask(call.options))
  }

  @Serves(routes.dataExport)
  dataExport(call: Call<typeof routes.dataExport>): Promise<Rest.DataExport> {
    return reads.dataExport(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.exportFile)
  async exportFile(call: Call<typeof routes.exportFile>): Promise<Readable> {
    const file = await this.#gateway.bus.call(analytics.exportFile, call.params, call.options)
    const pieces = await this.#gateway.downloads.readKept(call.principal.spaceId, file)
    call.reply
      .type('application/zip')
      .header('content-length', file.bytes)
      .header('content-disposition', 'attachment; filename="personal-finances.zip"')
    return Readable.from(pieces, { objectMode: false })
  }

  @Serves(routes.deleteExport)
  async deleteExport(call: Call<typeof routes.deleteExport>): Promise<void> {
    const input = { id: call.params.id, commandId: call.commandId }
    await this.#gateway.bus.call(analytics.deleteExport, input, call.options)
  }
}
