import { decide, evolve, type Invite, type InviteCommand, initial } from './invite.ts'

const inviteId = '018f0000-0000-7000-8000-00000000c001'
const at = '2026-11-20T08:00:00.000Z'
const issue: InviteCommand = { type: 'IssueInvite', inviteId, userId: inviteId, expiresAt: at, issuedAt: at }
const use: InviteCommand = { type: 'UseInvite', inviteId, usedAt: at }
const revoke: InviteCommand = { type: 'RevokeInvite', inviteId, revokedAt: at }
const after = (...commands: InviteCommand[]): Invite =>
  commands.reduce((state: Invite, command) => decide(command, state).reduce(evolve, state), initial)
const types = (command: InviteCommand, state: Invite) => decide(command, state).map(({ type }) => type)

describe('an invitation', () => {
  it('is issued once', () => {
    expect(types(issue, initial)).toEqual(['InviteIssued'])
    expect(types(issue, after(issue))).toEqual([])
  })

  it('is used once, or revoked once, and never both', () => {
    expect(types(use, after(issue))).toEqual(['InviteUsed'])
    expect(types(revoke, after(issue))).toEqual(['InviteRevoked'])
    for (const ended of [after(issue, use), after(issue, revoke)]) {
      expect([...types(use, ended), ...types(revoke, ended)]).toEqual([])
    }
  })

  it('that nobody issued is neither used nor revoked', () => {
    expect([...types(use, initial), ...types(revoke, initial)]).toEqual([])
  })
})
