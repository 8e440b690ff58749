import { specifyProjection } from '@pf/eventing/testing'
import { connectionId, requisitionCreated, spaceId } from '../domain/builders.ts'
import { consentAttempts } from './consent-attempts.ts'

const { given } = specifyProjection(consentAttempts)

describe('the read model of consent attempts', () => {
  it('finds a connection by the hash of each reference that was given out for it', () => {
    const row = (referenceSha256: string, requisitionId: string) => ({
      referenceSha256,
      spaceId,
      connectionId,
      requisitionId,
      attemptSha256: '2'.repeat(64),
    })
    const renewal = requisitionCreated({ requisitionId: 'r-2', referenceSha256: '9'.repeat(64) })
    given([
      { event: requisitionCreated(), meta: { spaceId } },
      { event: renewal, meta: { spaceId } },
    ]).then([row('1'.repeat(64), 'r-1'), row('9'.repeat(64), 'r-2')])
  })
})
