import { type Clock, sha256 } from '@pf/eventing'

/** Devices that somebody has signed in on, by the hash of what each holds. */
export interface Devices {
  ownerOf(hash: string): Promise<string | undefined>
  /** Of more than `limit` of the user the ones that were seen longest ago are forgotten. */
  seen(device: { hash: string; userId: string }, now: Date, limit: number): Promise<void>
  /** Deletes those of the user, all or all but one, and their bytes. */
  deleteOf(userId: string, except?: string): Promise<void>
  deleteUnseenSince(instant: Date): Promise<void>
}

/** As long as browsers keep a cookie at most. */
export const deviceLifeSeconds = 400 * 24 * 3600
const devicesAtOnce = 20

/**
 * What a device holds proves nothing but that its owner signed in on it before: it gives guesses of its own, which no
 * stranger's can use up (OWASP, device cookies).
 */
export class KnownDevices {
  readonly #devices: Devices
  readonly #clock: Clock
  readonly #secret: () => string

  constructor(parts: { devices: Devices; clock: Clock; secret: () => string }) {
    this.#devices = parts.devices
    this.#clock = parts.clock
    this.#secret = parts.secret
  }

  /** The same work for a user that there is not, and for a device that holds nothing. */
  async knows(userId: string | undefined, token: string | undefined): Promise<boolean> {
    const owner = await this.#devices.ownerOf(sha256(token ?? ''))
    return owner !== undefined && owner === userId
  }

  /** Somebody signed in on it: answers what it is to hold from now on. Another user's device becomes this user's anew. */
  async remember(userId: string, token: string | undefined): Promise<string> {
    const held = token !== undefined && (await this.knows(userId, token)) ? token : this.#secret()
    await this.#devices.seen({ hash: sha256(held), userId }, this.#clock.now(), devicesAtOnce)
    return held
  }

  forgetOthers(userId: string, token: string | undefined): Promise<void> {
    return this.#devices.deleteOf(userId, sha256(token ?? ''))
  }

  forgetOf(userId: string): Promise<void> {
    return this.#devices.deleteOf(userId)
  }

  forgetUnseen(): Promise<void> {
    return this.#devices.deleteUnseenSince(new Date(this.#clock.now().getTime() - deviceLifeSeconds * 1000))
  }
}
