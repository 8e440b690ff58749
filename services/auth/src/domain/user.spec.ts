import type { UserEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import * as user from './user.ts'

const { given } = specify(user)
const at = '2026-11-20T08:00:00.000Z'
const registered: UserEvent = {
  type: 'UserRegistered',
  data: { userId: 'u-1', spaceId: 's-1', username: 'sam', roles: ['user'], registeredAt: at },
}
const started: UserEvent = { type: 'SessionStarted', data: { userId: 'u-1', sessionId: 'x-1', startedAt: at } }
const register: user.UserCommand = { type: 'RegisterUser', ...registered.data, roles: ['user'] }
const start: user.UserCommand = { type: 'StartSession', userId: 'u-1', sessionId: 'x-1', startedAt: at }
const end: user.UserCommand = { type: 'EndSession', userId: 'u-1', sessionId: 'x-1', reason: 'logout', endedAt: at }

describe('a user', () => {
  it('is registered once', () => {
    given([]).when(register).then([registered])
    given([registered]).when(register).thenNothing()
  })

  it('starts a session once', () => {
    given([registered]).when(start).then([started])
    given([registered, started]).when(start).thenNothing()
  })

  it('changes the password, as often as it is told, and not of somebody unknown', () => {
    const change: user.UserCommand = { type: 'ChangePassword', userId: 'u-1', changedAt: at }
    const changed: UserEvent = { type: 'PasswordChanged', data: { userId: 'u-1', changedAt: at } }
    given([registered]).when(change).then([changed])
    given([registered, changed]).when(change).then([changed])
    given([]).when(change).thenNothing()
  })

  it('ends a session that is open, and no other', () => {
    const ended: UserEvent = {
      type: 'SessionEnded',
      data: { userId: 'u-1', sessionId: 'x-1', reason: 'logout', endedAt: at },
    }
    given([registered, started]).when(end).then([ended]).leaves({ openSessions: [] })
    given([registered, started, ended]).when(end).thenNothing()
    given([registered]).when(end).thenNothing()
  })
})
