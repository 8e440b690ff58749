import type { Context } from '@pf/contracts'
import type { DeadLetter, DeadLetters } from './dead-letters.ts'
import { isHopeless } from './hopeless.ts'
import type { EventLog, RawMessage, ReactOptions } from './ports.ts'
import { reasonOf } from './reason.ts'

export type Laid = Omit<DeadLetter, 'id' | 'since' | 'isAsked'>
type Handle = ReactOptions['handle']
type Of = { readonly name: string; readonly context: Context; readonly giveUpAfter?: number }
type Office = {
  log: EventLog
  deadLetters: DeadLetters
  onDeadLetter?(letter: Laid): void
  onError(error: unknown, message?: RawMessage): void
}

const attemptsUnlessTold = 20
/** Attempts may have been spent on what passed by itself since, or on a replica of older code: so many have to be hopeless. */
const hopelessInARow = 5

/** Sets aside what can but fail and lets it be acknowledged, so that the next ones come. */
export function givingUp(
  { name, context, giveUpAfter = attemptsUnlessTold }: Of,
  { deadLetters, onDeadLetter }: Office,
  handle: Handle,
): Handle {
  const hopeless = new Map<number, number>()
  return async (message, delivery) => {
    const { seq, subject, headers } = message
    try {
      await handle(message, delivery)
      hopeless.delete(seq)
    } catch (error) {
      if (!isHopeless(error)) {
        hopeless.delete(seq)
        throw error
      }
      const row = (hopeless.get(seq) ?? 0) + 1
      hopeless.set(seq, row)
      if (delivery.attempt < giveUpAfter || row < Math.min(hopelessInARow, giveUpAfter)) throw error
      const { attempt: attempts } = delivery
      const eventId = headers['ce-id'] ?? ''
      const letter: Laid = { reaction: name, context, subject, seq, eventId, attempts, reason: reasonOf(error) }
      await deadLetters.set(letter)
      hopeless.delete(seq)
      onDeadLetter?.(letter)
    }
  }
}

/** Until the signal: repeats what an operator asked for; what fails again lies where it lay, with what is wrong now. */
export async function repeatAsked({ name }: Of, office: Office, handle: Handle, signal: AbortSignal): Promise<void> {
  const { deadLetters, onError } = office
  while (!signal.aborted) {
    const asked = deadLetters.changed(signal)
    try {
      for (let next = await deadLetters.take(name); next && !signal.aborted; next = await deadLetters.take(name)) {
        await repeat(next, office, handle, signal)
      }
    } catch (error) {
      // The table is away, or the log: whatever was asked for can be asked for again.
      if (!signal.aborted) onError(error)
    }
    await asked
  }
}

async function repeat(letter: DeadLetter, office: Office, handle: Handle, signal: AbortSignal): Promise<void> {
  const { log, deadLetters, onError } = office
  const message = await log.read(letter.context, letter.seq)
  // Erased meanwhile: there is nothing left to be done.
  if (!message) return deadLetters.remove(letter.id)
  const { id: _, since: __, isAsked: ___, ...laid } = letter
  if (message.headers['ce-id'] !== letter.eventId) {
    return deadLetters.set({ ...laid, reason: 'the log holds another message there: it was restored' })
  }
  const attempt = letter.attempts + 1
  try {
    await handle(message, { attempt, signal })
  } catch (error) {
    // Stopped in the middle: the next process does it.
    if (signal.aborted) return void (await deadLetters.ask(letter.id))
    onError(error, message)
    return deadLetters.set({ ...laid, attempts: attempt, reason: reasonOf(error) })
  }
  await deadLetters.remove(letter.id)
}
