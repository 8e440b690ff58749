import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type OutputOf, type Principal, type Rest, requests } from '@pf/contracts'
import { Answers, RawJson, type RequestContext } from '@pf/service-kit'
import { type DatasetDescription, listDatasets } from './application/datasets.ts'
import type { MartRegistry, SqlRunner } from './application/ports.ts'
import type { SavedQueries } from './application/saved-queries.ts'

const { analytics } = requests

/** SQL for the owner: what there is to ask, asking, and questions kept. */
@Controller()
export class SqlController {
  readonly #registry: MartRegistry
  readonly #sql: SqlRunner
  readonly #saved: SavedQueries
  readonly #descriptions: () => Promise<DatasetDescription[]>

  constructor(
    @Inject('registry') registry: MartRegistry,
    @Inject('sql') sql: SqlRunner,
    @Inject('saved-queries') saved: SavedQueries,
    @Inject('dataset-descriptions') descriptions: () => Promise<DatasetDescription[]>,
  ) {
    this.#registry = registry
    this.#sql = sql
    this.#saved = saved
    this.#descriptions = descriptions
  }

  @Answers(analytics.datasets)
  async datasets(_: object, { spaceId }: Principal): Promise<Rest.DatasetsAnswer> {
    return listDatasets(this.#registry, spaceId, await this.#descriptions())
  }

  @Answers(analytics.query, { load: 'heavy' })
  async query(
    { sql }: InputOf<typeof analytics.query>,
    { spaceId }: Principal,
    { signal }: RequestContext,
  ): Promise<RawJson<OutputOf<typeof analytics.query>>> {
    const startedAt = performance.now()
    const { columns, rows, truncated, asOf } = await this.#sql.ask(spaceId, sql, signal)
    const rest = { truncated, as_of: asOf, elapsed_ms: Math.round(performance.now() - startedAt) }
    return new RawJson(`{"columns":${columns},"rows":${rows},${JSON.stringify(rest).slice(1)}`)
  }

  @Answers(analytics.savedQueries)
  async savedQueries(_: object, { spaceId }: Principal): Promise<{ items: Rest.SavedQuery[] }> {
    return { items: await this.#saved.list(spaceId) }
  }

  @Answers(analytics.saveQuery)
  saveQuery(input: InputOf<typeof analytics.saveQuery>, { spaceId }: Principal): Promise<Rest.SavedQuery> {
    return this.#saved.save(spaceId, input)
  }

  @Answers(analytics.deleteQuery)
  async deleteQuery(input: InputOf<typeof analytics.deleteQuery>, { spaceId }: Principal): Promise<object> {
    await this.#saved.remove(spaceId, input)
    return {}
  }
}
