import { type Trouble, troubleOf, type Weather } from '../domain/weather.ts'
import type { BankClock } from './bank-clock.ts'
import type { Store } from './ports.ts'

/** Which calls of the day the weather strikes; the same seed strikes the same ones, however the machine is. */
export class WeatherReport {
  readonly #store: Store
  readonly #clock: BankClock

  constructor(store: Store, clock: BankClock) {
    this.#store = store
    this.#clock = clock
  }

  set(weather: Weather): Weather {
    this.#store.commit({ weather: weather.rate === 0 ? null : weather })
    return weather
  }

  /** What becomes of this call of an account's data; counts it. `key`: the account, whatever its id is now. */
  strike(account: string, scope: string): Trouble | null {
    const weather = this.#store.get<Weather>('weather')
    if (weather === undefined) return null
    const today = this.#clock.today()
    const counted = `weather-calls/${account}/${scope}`
    const before = this.#store.get<{ today: number; calls: number }>(counted)
    const nth = before?.today === today ? before.calls : 0
    this.#store.commit({ [counted]: { today, calls: nth + 1 } })
    return troubleOf(weather, { today, account, scope, nth })
  }
}
