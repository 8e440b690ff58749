import type { Advancing, AttachedProjection, Builds, OpenProjection, ProjectionStore, RowReader } from '@pf/eventing'
import { createMemoryProjectionStore } from '@pf/eventing/memory'
import type { Line } from './line.ts'
import type { Owner } from './virtual-time.ts'

type Held = { owner: Owner; close(): Promise<void> }

/** Read models in one database: who held a lock and died, or was stopped for long, has lost it to whoever waits. */
export class ReadModels {
  readonly store: ProjectionStore
  readonly #line: Line
  readonly #held = new Set<Held>()

  constructor(line: Line) {
    this.#line = line
    this.store = createMemoryProjectionStore({ clock: line.time.clock })
  }

  /** The database sees the session of this process end. */
  release(owner: Owner): void {
    for (const held of this.#held) if (held.owner === owner) void this.#give(held)
  }

  async #give(held: Held): Promise<void> {
    if (this.#held.delete(held)) await held.close()
  }

  storeOf(owner: Owner): ProjectionStore {
    const { store } = this
    const { turn } = this.#line
    const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
      await turn(owner)
      return ask()
    }
    const reader = <Row extends object>(inner: RowReader<Row>): RowReader<Row> => ({
      find: (options) => asked(() => inner.find(options)),
    })
    const attached = <Row extends object>(inner: AttachedProjection<Row>): AttachedProjection<Row> => ({
      checkpoint: () => asked(() => inner.checkpoint()),
      reader: () => reader(inner.reader()),
    })
    return {
      builds: this.#buildsOf(owner),
      attach: (projection) => asked(async () => attached(await store.attach(projection))),
      reader: (projection) =>
        asked(async () => {
          const found = await store.reader(projection)
          return found && reader(found)
        }),
      erase: (projection, of) => asked(() => store.erase(projection, of)),
      repair: (projection, subject, fold) =>
        asked(() => store.repair(projection, subject, (parked) => whileAlive(owner, fold(parked)))),
      handOver: (projection, from, work) =>
        asked(() => store.handOver(projection, from, (standing) => whileAlive(owner, work(standing)))),
      open: async (projection, signal) => {
        await turn(owner)
        const inner = await store.open(projection, signal)
        const held: Held = { owner, close: () => inner.close() }
        this.#held.add(held)
        // It died while it waited: the lock passes on at once.
        if (!owner.isAlive) await this.#give(held)
        return { ...attached(inner), ...this.#advancing(owner, inner, held), close: () => this.#give(held) }
      },
    }
  }

  #buildsOf(owner: Owner): Builds {
    const { builds } = this.store
    const { turn } = this.#line
    const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
      await turn(owner)
      return ask()
    }
    return {
      list: (projection) => asked(() => builds.list(projection)),
      begin: (projection, version) => asked(() => builds.begin(projection, version)),
      rebuild: (projection) => asked(() => builds.rebuild(projection)),
      decide: (projection, verdict) => asked(() => builds.decide(projection, verdict)),
      drop: (projection, id) => asked(() => builds.drop(projection, id)),
      parked: (projection) => asked(() => builds.parked(projection)),
      asked: (projection) => asked(() => builds.asked(projection)),
      askRetry: (id) => asked(() => builds.askRetry(id)),
      async changed(signal) {
        await builds.changed(signal)
        await turn(owner)
      },
    }
  }

  #advancing<Row extends object>(owner: Owner, inner: OpenProjection<Row>, held: Held): Advancing<Row> {
    const line = this.#line
    return {
      async checkpoint() {
        await line.turn(owner)
        return inner.checkpoint()
      },
      async rows(keys) {
        await line.turn(owner)
        return inner.rows(keys)
      },
      commit: async (batch) => {
        const fault = line.strikes.at('commit', owner.name)
        if (fault?.kind === 'usurped') {
          // Its session was cut, and it does not know: another replica, or itself anew, opens the read model meanwhile.
          await this.#give(held)
          await line.time.wait(fault.ms, owner)
        }
        await line.turn(owner)
        if (fault?.kind === 'lost') throw new Error('The database did not answer.')
        await inner.commit(batch)
        if (fault?.kind === 'unheard') throw new Error('The database did not answer.')
        await line.turn(owner)
      },
      async parked() {
        await line.turn(owner)
        return inner.parked()
      },
    }
  }
}

/** A transaction ends with its session: what others wait behind does not wait for the dead. */
function whileAlive<T>(owner: Owner, work: Promise<T>): Promise<T> {
  const died = Promise.withResolvers<never>()
  const tell = () => died.reject(new Error('The session ended.'))
  owner.mourners.add(tell)
  if (!owner.isAlive) tell()
  return Promise.race([work, died.promise]).finally(() => owner.mourners.delete(tell))
}
