import { type Principal, type Rest, refuse } from '@pf/contracts'
import type { Clock, Ids } from '@pf/eventing'
import { isDeeper, maxPreferences, maxValueBytes, maxValueDepth, type Preference } from '../domain/preference.ts'
import type { Preferences } from './ports.ts'

type Parts = { preferences: Preferences; clock: Clock; ids: Ids }
/** Revisions of which one has to stand there, `*` for whichever; empty: none may. */
type Over = { over?: string[] }

const shown = ({ key, value, revision, changedAt }: Preference): Rest.Preference => ({
  key,
  value,
  revision,
  changed_at: changedAt,
})
const notThere = () =>
  refuse('preference_not_found', 'Nothing is remembered under this key. GET /preferences lists all.')

/** What a user's pages remember: theirs, whatever spaces they are in. */
export class PageMemory {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async list(owner: Principal): Promise<{ items: Rest.Preference[] }> {
    return { items: (await this.#parts.preferences.all(owner)).map(shown) }
  }

  /** Throws preference_not_found. */
  async get(owner: Principal, { key }: { key: string }): Promise<Rest.Preference> {
    const found = await this.#parts.preferences.find(owner, key)
    if (found === undefined) throw notThere()
    return shown(found)
  }

  /** Throws precondition_failed, preferences_full, payload_too_large. */
  async put(owner: Principal, { key, value, over }: { key: string; value: unknown } & Over): Promise<Rest.Preference> {
    checkValue(value)
    const { preferences, clock, ids } = this.#parts
    const next = { key, value, revision: ids.uuid(), changedAt: clock.now().toISOString() }
    await preferences.put(owner, next, (standing, count) => {
      // A change whose answer was lost and that comes again stands there already (RFC 9110, 13.1.1).
      if (standing === undefined || !isSame(standing.value, value)) checkPrecondition(standing, over)
      if (standing === undefined && count >= maxPreferences) {
        throw refuse('preferences_full', `${maxPreferences} keys are remembered, as many as may be. Delete one first.`)
      }
    })
    return shown(next)
  }

  /** Throws preference_not_found, precondition_failed. */
  async remove(owner: Principal, { key, over }: { key: string } & Over): Promise<void> {
    await this.#parts.preferences.remove(owner, key, (standing) => {
      if (standing === undefined) throw notThere()
      checkPrecondition(standing, over)
    })
  }
}

/** Throws payload_too_large. */
function checkValue(value: unknown): void {
  if (isDeeper(value, maxValueDepth)) {
    throw refuse(
      'payload_too_large',
      `The value is nested deeper than ${maxValueDepth} levels. Keep something flatter.`,
    )
  }
  const bytes = Buffer.byteLength(JSON.stringify(value))
  if (bytes <= maxValueBytes) return
  throw refuse('payload_too_large', `The value has ${bytes} bytes as JSON; at most ${maxValueBytes} are remembered.`)
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

function checkPrecondition(standing: Preference | undefined, over: readonly string[] | undefined): void {
  if (over === undefined) return
  if (over.length === 0 && standing === undefined) return
  if (standing !== undefined && over.some((revision) => revision === '*' || revision === standing.revision)) return
  const found = standing === undefined ? 'nothing is remembered there' : 'it was changed since, or is there already'
  throw refuse('precondition_failed', `Nothing was changed: ${found}. Read it again and decide anew.`)
}
