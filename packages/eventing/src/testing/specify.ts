import type { AnyEvent, RefusalCode } from '@pf/contracts'
import { DomainError } from '@pf/contracts'
import type { Decider } from '../ports.ts'

type Outcome<Event> = { events: Event[] } | { error: unknown }

/**
 * `given(events).when(command).then(events)`: the rules of one aggregate, read as sentences. Nothing is appended and
 * nothing validated; state is the fold of what was given.
 */
export function specify<State, Command, Event extends AnyEvent>(decider: Decider<State, Command, Event>) {
  const fold = (from: State, events: readonly Event[]) =>
    events.reduce((state, event) => decider.evolve(state, event), from)

  const when = (state: State, command: Command) => {
    const outcome = decided(() => decider.decide(command, state))
    const leaves = (expected: unknown) => {
      expect(fold(state, eventsOf(outcome))).toMatchObject(expected as object)
    }
    return {
      // biome-ignore lint/suspicious/noThenProperty: the sentence ends in `then`; nobody awaits it.
      then(expected: readonly Event[]) {
        expect(eventsOf(outcome)).toEqual(expected)
        return { leaves }
      },
      thenNothing() {
        expect(eventsOf(outcome)).toEqual([])
        return { leaves }
      },
      thenRefuses(code: RefusalCode) {
        expect(refusalOf(outcome)).toBe(code)
      },
      /** What the state holds afterwards; other fields may be there. */
      leaves,
    }
  }

  return {
    given(events: readonly Event[]) {
      const state = fold(decider.initial, events)
      return {
        when: (command: Command) => when(state, command),
        /** What the given events alone amount to. */
        leaves(expected: unknown) {
          expect(state).toMatchObject(expected as object)
        },
      }
    },
  }
}

function decided<Event>(decide: () => Event[]): Outcome<Event> {
  try {
    return { events: decide() }
  } catch (error) {
    return { error }
  }
}

function eventsOf<Event>(outcome: Outcome<Event>): Event[] {
  if ('error' in outcome) throw outcome.error
  return outcome.events
}

function refusalOf<Event>(outcome: Outcome<Event>): string {
  if ('events' in outcome) return `no refusal, but events: ${JSON.stringify(outcome.events)}`
  if (outcome.error instanceof DomainError) return outcome.error.code
  throw outcome.error
}
