import type { ApiTokenEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import * as apiToken from './api-token.ts'

const { given } = specify(apiToken)
const at = '2026-11-20T08:00:00.000Z'
const issue = {
  type: 'IssueApiToken',
  tokenId: 't-1',
  userId: 'u-1',
  name: 'Backup',
  scopes: ['read' as const],
  expiresAt: null,
  issuedAt: at,
} satisfies apiToken.ApiTokenCommand
const { type: _, ...data } = issue
const issued: ApiTokenEvent = { type: 'ApiTokenIssued', data }
const revoked: ApiTokenEvent = { type: 'ApiTokenRevoked', data: { tokenId: 't-1', userId: 'u-1', revokedAt: at } }
const revoke: apiToken.ApiTokenCommand = { type: 'RevokeApiToken', tokenId: 't-1', userId: 'u-1', revokedAt: at }

describe('an API token', () => {
  it('is issued once', () => {
    given([]).when(issue).then([issued])
    given([issued]).when(issue).thenNothing()
    given([issued, revoked]).when(issue).thenNothing()
  })

  it('is revoked once, and not before it was issued', () => {
    given([issued]).when(revoke).then([revoked])
    given([issued, revoked]).when(revoke).thenNothing()
    given([]).when(revoke).thenNothing()
  })
})
