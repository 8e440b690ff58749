import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

export const minute = 60_000
const credentials = { username: 'robin', password: 'correct horse battery' }

/** Asked of a person who waits at a screen: a connection that breaks while a pod goes is made again. */
const patiently = <T>(work: () => Promise<T>): Promise<NonNullable<T>> => eventually(work, 2 * minute)

/** Somebody with a bank, who stays the same from part to part of the run. */
export class Household {
  readonly system: System
  readonly client: Client
  readonly #connection: string

  private constructor(system: System, client: Client, connection: string) {
    this.system = system
    this.client = client
    this.#connection = connection
  }

  /** Theirs that an earlier part began, or a new one with a bank of its own: whoever was here before has moved the other's days. */
  static async atHome(): Promise<Household> {
    const system = await System.start()
    const client = new Client(system)
    const isKnown = await patiently(async () => {
      const { status } = await client.call('POST', '/auth/login', credentials)
      if (status !== 200 && status !== 401) throw new Error(`login: found ${status}, expected 200 or 401`)
      return [status === 200]
    })
    if (isKnown[0] !== true) {
      await bank(system, 'POST', '/__sandbox/reset', { scenario: 'household', seed: credentials.username })
      await client.expect(201, 'POST', '/auth/register', credentials)
    }
    await client.login(credentials)
    const { items } = await client.get<{ items: { id: string }[] }>('/connections')
    const household = new Household(system, client, items[0]?.id ?? (await client.connectDemoBank()))
    await client.settled({}, 3 * minute)
    return household
  }

  /** A day or two pass at the bank, and its sync begins; `meanwhile` happens to the system; the sync ends well. */
  async day(meanwhile: () => void = () => undefined): Promise<void> {
    await this.signIn()
    await patiently(async () => [await bank(this.system, 'POST', '/__sandbox/clock', { advance_days: 1 })])
    const { run_id } = await patiently(() =>
      this.client.expect<{ run_id: string }>(202, 'POST', `/connections/${this.#connection}/sync`),
    )
    meanwhile()
    const syncs = await this.client.settled({ run_id }, 3 * minute)
    expect(syncs.map(({ status }) => status)).toEqual(syncs.map(() => 'completed'))
  }

  /** Day after day, sync after sync, for as long as it takes. */
  async daysUntil(done: Promise<void>): Promise<void> {
    let isDone = false
    const ended = done.finally(() => {
      isDone = true
    })
    do await this.day()
    while (!isDone)
    await ended
  }

  /** A token lives for a quarter of an hour, a part of the run for longer. */
  async signIn(): Promise<void> {
    await patiently(async () => [await this.client.login(credentials)])
  }

  /** Every row and balance is the bank's. Answers how many rows those are. */
  async isWhole(): Promise<number> {
    await this.signIn()
    return patiently(() => expectTruth(this.system, this.client))
  }
}
