import { Controller, Inject } from '@nestjs/common'
import {
  type Done,
  type FeedView,
  type InputOf,
  type OutputOf,
  type Principal,
  type Rest,
  requests,
} from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { advanceDemo } from '../application/advance-demo.ts'
import type { Parts } from '../application/parts.ts'
import { syncNow } from '../application/sync-now.ts'
import { feedsOf, syncOf, syncsOf } from '../application/sync-views.ts'

export const partsToken = 'extraction/parts'
const operations = requests.extraction

/** What this service answers on the bus; each method is one line into the application. */
@Controller()
export class ExtractionBus {
  readonly #parts: Parts

  constructor(@Inject(partsToken) parts: Parts) {
    this.#parts = parts
  }

  @Answers(operations.sync)
  sync(input: InputOf<typeof operations.sync>, principal: Principal): Promise<Done<Rest.SyncRun>> {
    return syncNow(this.#parts, input, principal)
  }

  @Answers(operations.syncs)
  syncs(
    input: InputOf<typeof operations.syncs>,
    { spaceId }: Principal,
  ): Promise<{ items: Rest.Sync[]; next_cursor?: string }> {
    return syncsOf(this.#parts, spaceId, input)
  }

  @Answers(operations.getSync)
  getSync({ id }: InputOf<typeof operations.getSync>, { spaceId }: Principal): Promise<Rest.Sync> {
    return syncOf(this.#parts, spaceId, id)
  }

  @Answers(operations.feeds)
  async feeds(
    { connectionId }: InputOf<typeof operations.feeds>,
    { spaceId }: Principal,
  ): Promise<{ items: FeedView[] }> {
    return { items: await feedsOf(this.#parts, spaceId, connectionId) }
  }

  @Answers(operations.advanceDemo)
  async advanceDemo(
    input: InputOf<typeof operations.advanceDemo>,
    principal: Principal,
  ): Promise<OutputOf<typeof operations.advanceDemo>> {
    return advanceDemo(this.#parts, input, principal)
  }
}
