import { instant } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { ObjectNotFound } from '@pf/object-store'
import type { Fetched } from '@pf/providers'
import { KeyMissing } from '@pf/vault'
import type { Answer } from '../domain/feed-commands.ts'
import type { Parts } from './parts.ts'

/** One call's answer in the store: sealed under the account's key, named by the call. */
export type AnswerPlace = { spaceId: string; accountId: string; callId: string }
export type KeptAnswer = { answer: Answer; body: Uint8Array }

/** Waits between tries to keep an answer: the bank may not give it twice today, so stores in trouble are waited for. */
const keepAgainMs = [100, 500, 2_000, 10_000, 30_000, 60_000, 60_000, 60_000] as const
export const keepTries = keepAgainMs.length + 1

const keyOf = ({ spaceId, accountId, callId }: AnswerPlace): string => `raw/${spaceId}/${accountId}/${callId}.zst`

/**
 * Has the account's key at hand before the bank is asked, so that its answer can be sealed whatever becomes of the vault.
 * Throws KeyMissing, and what the vault's store throws.
 */
export async function readyKey({ keys }: Parts, { spaceId, accountId }: Omit<AnswerPlace, 'callId'>): Promise<void> {
  await keys.sealObject(spaceId, accountId, new Uint8Array())
}

/** Seals and stores what the bank said. Throws KeyMissing, and an error with its cause once every try was in vain. */
export async function keepAnswer(
  parts: Parts,
  place: AnswerPlace,
  fetched: Fetched,
  signal: AbortSignal,
): Promise<Answer> {
  const { body, quota } = fetched
  const key = keyOf(place)
  for (const [tries, waitMs] of [...keepAgainMs, undefined].entries()) {
    try {
      await parts.objects.put(key, await parts.keys.sealObject(place.spaceId, place.accountId, body))
      break
    } catch (error) {
      // Erased meanwhile: nobody may keep it any more.
      if (error instanceof KeyMissing) throw error
      if (waitMs === undefined || signal.aborted) {
        throw new Error(`An answer could not be kept in ${tries + 1} tries.`, { cause: error })
      }
      await parts.timing.wait(waitMs, signal)
    }
  }
  return {
    callId: place.callId,
    raw: { key, sha256: sha256(body), bytes: body.byteLength },
    fetchedAt: instant(fetched.fetchedAt),
    bankNow: instant(fetched.bankNow),
    ...(quota === undefined ? {} : { quota: { ...quota, resetsAt: instant(quota.resetsAt) } }),
  }
}

/** The answer to a call that was cut short after it was kept and before an event told of it; `at`: when it was intended. */
export async function keptAnswer(parts: Parts, place: AnswerPlace, at: string): Promise<KeptAnswer | undefined> {
  const key = keyOf(place)
  try {
    const sealed = await parts.objects.get(key)
    const body = await parts.keys.openObject(place.spaceId, place.accountId, sealed)
    const answer = {
      callId: place.callId,
      raw: { key, sha256: sha256(body), bytes: body.byteLength },
      // When exactly it came is lost; it is known from now on.
      fetchedAt: parts.clock.now().toISOString(),
      bankNow: at,
    }
    return { answer, body }
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined
    throw error
  }
}
