import { readModels as connectionModels } from '@pf/connection/assembly'
import type { AnyEvent } from '@pf/contracts'
import { encodePosition, type Projection, runProjection, type Sealer } from '@pf/eventing'
import { createMemoryProjectionStore } from '@pf/eventing/memory'
import { readModels as extractionModels } from '@pf/extraction/assembly'
import { readModels as storageModels } from '@pf/storage/assembly'
import { expectThat } from './oracle-failure.ts'
import type { Outside } from './processes.ts'

export const allReadModels = Object.values({
  ...connectionModels,
  ...extractionModels,
  ...storageModels,
}) as unknown as Projection<AnyEvent, object>[]

/** Every read model equals the fold of the log, built anew from its first message; nothing stands in quarantine. */
export async function expectReadModels(outside: Outside, sealer: Sealer): Promise<void> {
  const { broker, readModels, line } = outside
  const { clock } = line.time
  for (const projection of allReadModels) {
    // Behind the last message that is left others may have been purged.
    const last = broker.messagesOf(projection.context).findLastIndex((message) => message !== undefined) + 1
    const store = createMemoryProjectionStore({ clock })
    const anew = runProjection(projection, {
      log: broker.log,
      sealer,
      store,
      clock,
      onError(error) {
        throw error
      },
      timing: { random: () => 0, wait: never },
    })
    await anew.reader.caughtUpTo(encodePosition({ [projection.context]: last }), 1)
    const expected = await anew.reader.find({ where: {} })
    const attached = await readModels.store.attach(projection)
    const found = await attached.reader().find({ where: {} })
    const name = `${projection.name} v${projection.version}`
    const at = (await attached.checkpoint())?.seq ?? 0
    expectThat('read models caught up', at >= last, () => `${name} is at ${at}, the log at ${last}`)
    expectThat('read models equal the fold of the log', JSON.stringify(found) === JSON.stringify(expected), () => {
      const differing = expected.findIndex((row, n) => JSON.stringify(row) !== JSON.stringify(found[n]))
      return `${name}: ${found.length} rows, expected ${expected.length}; the first to differ is ${differing}`
    })
    await anew.stop()
  }
}

/** Whoever waits here waits for what is there already. */
const never = (_ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
