import type { ConnectionEvent } from '@pf/contracts'
import { projection, put } from '@pf/eventing'

export type ConsentAttemptRow = {
  referenceSha256: string
  spaceId: string
  connectionId: string
  requisitionId: string
  attemptSha256: string
}

/** Which connection does a return from the bank belong to? By the hash of the reference that it carries. */
export const consentAttempts = projection<ConnectionEvent, ConsentAttemptRow>({
  name: 'consent_attempts',
  version: 1,
  context: 'connection',
  table: {
    name: 'consent_attempts',
    key: ['referenceSha256'],
    space: 'spaceId',
    columns: {
      referenceSha256: 'text',
      spaceId: 'text',
      connectionId: 'text',
      requisitionId: 'text',
      attemptSha256: 'text',
    },
  },
  on: {
    RequisitionCreated: ({ referenceSha256, connectionId, requisitionId, attemptSha256 }, { spaceId }) =>
      put({ referenceSha256, spaceId, connectionId, requisitionId, attemptSha256 }),
  },
})
