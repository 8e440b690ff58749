import type { PasskeyEvent } from '@pf/contracts'
import { decide, evolve, initial, type PasskeyCommand } from './passkey.ts'

const at = '2026-11-20T08:00:00.000Z'
const ids = { passkeyId: '018f0000-0000-7000-8000-0000000000a1', userId: '018f0000-0000-7000-8000-00000000b001' }
const register: PasskeyCommand = { type: 'RegisterPasskey', ...ids, name: 'Phone', registeredAt: at }
const rename = (name: string): PasskeyCommand => ({ type: 'RenamePasskey', ...ids, name, renamedAt: at })
const remove: PasskeyCommand = { type: 'RemovePasskey', ...ids, removedAt: at }

/** What each of the commands told, one after the other. */
function told(...commands: PasskeyCommand[]): string[][] {
  let state = initial
  return commands.map((command) => {
    const events: PasskeyEvent[] = decide(command, state)
    state = events.reduce(evolve, state)
    return events.map(({ type }) => type)
  })
}

describe('a passkey', () => {
  it('is registered, renamed and removed, and a repeat says nothing', () => {
    expect(told(register, register, rename('Old phone'), rename('Old phone'), remove, remove)).toEqual([
      ['PasskeyRegistered'],
      [],
      ['PasskeyRenamed'],
      [],
      ['PasskeyRemoved'],
      [],
    ])
  })

  it('that is not there is neither renamed nor removed, and one that was removed stays so', () => {
    expect(told(rename('Phone'), remove)).toEqual([[], []])
    expect(told(register, remove, register, rename('New'))).toEqual([['PasskeyRegistered'], ['PasskeyRemoved'], [], []])
  })
})
