import { Broker, type BrokerOptions, type LogSettings } from './broker.ts'
import { Crew } from './crew.ts'
import { Database } from './database.ts'
import { Wire } from './wire.ts'

/** Everything that a spec has started: ended after it, last started first, also where it failed half-way. */
export class Stage {
  readonly #ends: (() => Promise<void>)[] = []

  async broker(options?: BrokerOptions): Promise<Broker> {
    return this.keep(await Broker.start(options))
  }

  async database(): Promise<Database> {
    return this.keep(await Database.start())
  }

  async wire(target: () => number): Promise<Wire> {
    return this.keep(await Wire.start(target))
  }

  crew(broker: Broker, settings?: Partial<LogSettings>): Crew {
    return this.keep(new Crew(broker, settings))
  }

  keep<Thing extends { end(): Promise<void> }>(thing: Thing): Thing {
    this.#ends.push(() => thing.end())
    return thing
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }
}

/** A stage that is cleared when the specs around the call are done. */
export function openStage(): Stage {
  const stage = new Stage()
  afterAll(() => stage.end(), 60_000)
  return stage
}
