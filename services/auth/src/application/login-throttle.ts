import { networkOf } from '@pf/contracts'
import { type Clock, sha256 } from '@pf/eventing'
import { type Attempts, letThrough, quarterHourMs } from './attempts.ts'
import type { KnownDevices } from './known-devices.ts'

/** Whose password is guessed: `userId` where the name is somebody's. */
export type Guess = { name: string; userId: string | undefined; address: string; device: string | undefined }

const perDevice = { limit: 10, windowMs: quarterHourMs }
const perNameAndNetwork = { limit: 10, windowMs: quarterHourMs }
/** Whoever tries many names; a household or an office behind one address mistypes less. */
const perNetwork = { limit: 200, windowMs: quarterHourMs }
/** Whoever tries one name from many places (NIST SP 800-63B, 5.2.2: no more than 100 on one account). */
const perName = { limit: 100, windowMs: 4 * quarterHourMs }

/**
 * Guesses by name and by network, counted before they are looked at. One that was refused by a narrower count is not counted
 * by a wider one, so that it takes ten networks to shut a name to strangers; its owner's devices have counts of their own and
 * go on. The same work for a name that nobody has.
 */
export class LoginThrottle {
  readonly #parts: { attempts: Attempts; devices: KnownDevices; clock: Clock }

  constructor(parts: { attempts: Attempts; devices: KnownDevices; clock: Clock }) {
    this.#parts = parts
  }

  /** Throws too_many_attempts. Answers what is to be done once the guess was right. */
  async letThrough({ name, userId, address, device }: Guess): Promise<() => Promise<void>> {
    const { attempts, devices } = this.#parts
    if (await devices.knows(userId, device)) {
      const mine = `login device ${sha256(device ?? '')}`
      await letThrough(this.#parts, mine, perDevice)
      return () => attempts.forgive(mine)
    }
    const network = networkOf(address)
    // By the user, not by the name as it was typed: one name can be typed in many ways.
    const who = userId ?? `nobody ${name}`
    const [mine, here, everywhere] = [`login ${who} ${network}`, `login network ${network}`, `login ${who}`]
    await letThrough(this.#parts, mine, perNameAndNetwork)
    await letThrough(this.#parts, here, perNetwork)
    await letThrough(this.#parts, everywhere, perName)
    return async () => {
      await attempts.forgive(mine)
      await attempts.takeBack(here)
      await attempts.takeBack(everywhere)
    }
  }
}
