import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, type Rest, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { type DatasetDescription, listDatasets } from './application/datasets.ts'
import type { MartRegistry } from './application/ports.ts'
import { type Rebuilder, rebuildView } from './application/rebuild-marts.ts'

const { analytics } = requests

/** The marts themselves: what they hold, and building them anew. */
@Controller()
export class MartsController {
  readonly #registry: MartRegistry
  readonly #rebuilder: Rebuilder
  readonly #version: string
  readonly #descriptions: () => Promise<DatasetDescription[]>

  constructor(
    @Inject('registry') registry: MartRegistry,
    @Inject('rebuilder') rebuilder: Rebuilder,
    @Inject('models-version') version: string,
    @Inject('dataset-descriptions') descriptions: () => Promise<DatasetDescription[]>,
  ) {
    this.#registry = registry
    this.#rebuilder = rebuilder
    this.#version = version
    this.#descriptions = descriptions
  }

  @Answers(analytics.status)
  async status(_: object, { spaceId }: Principal): Promise<Rest.MartStatus> {
    const { items, as_of } = await listDatasets(this.#registry, spaceId, await this.#descriptions())
    const version = this.#version.slice(0, 16)
    return { items: items.map(({ name, rows }) => ({ name, version, rows, ...as_of })), as_of }
  }

  @Answers(analytics.rebuild)
  async rebuild(input: InputOf<typeof analytics.rebuild>, { spaceId }: Principal): Promise<Rest.Rebuild> {
    return rebuildView(await this.#rebuilder.start(spaceId, input))
  }

  @Answers(analytics.rebuilds)
  async rebuilds(_: object, { spaceId }: Principal): Promise<{ items: Rest.Rebuild[] }> {
    return { items: (await this.#rebuilder.list(spaceId)).map(rebuildView) }
  }

  @Answers(analytics.getRebuild)
  async getRebuild({ id }: InputOf<typeof analytics.getRebuild>, { spaceId }: Principal): Promise<Rest.Rebuild> {
    return rebuildView(await this.#rebuilder.find(spaceId, id))
  }

  @Answers(analytics.switchRebuild)
  async switchRebuild(input: InputOf<typeof analytics.switchRebuild>, { spaceId }: Principal): Promise<Rest.Rebuild> {
    return rebuildView(await this.#rebuilder.takeOver(spaceId, input))
  }

  @Answers(analytics.discardRebuild)
  async discardRebuild(input: InputOf<typeof analytics.discardRebuild>, { spaceId }: Principal): Promise<Rest.Rebuild> {
    return rebuildView(await this.#rebuilder.discard(spaceId, input))
  }
}
