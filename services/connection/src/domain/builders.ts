import type { ConnectionEvent, LinkedAccount } from '@pf/contracts'
import type {
  AnnounceExpiry,
  AskReconfirmation,
  ConfirmRequisition,
  EndConsent,
  Examined,
  NewRequisition,
  RecordExamination,
  RecordReconfirmation,
  RecordRequisition,
  RecordRevocation,
  RemoveConnection,
  RenameConnection,
  RequestConnection,
} from './connection-commands.ts'

export const connectionId = '018f0000-0000-7000-8000-00000000c001'
export const spaceId = '018f0000-0000-7000-8000-00000000a001'
export const userId = '018f0000-0000-7000-8000-00000000b001'
const at = '2026-11-01T09:00:00.000Z'

type Data<T extends ConnectionEvent['type']> = Extract<ConnectionEvent, { type: T }>['data']
const fact =
  <T extends ConnectionEvent['type']>(type: T, defaults: Data<T>) =>
  (overrides: Partial<Data<T>> = {}) =>
    ({ type, data: { ...defaults, ...overrides } }) as unknown as Extract<ConnectionEvent, { type: T }>

export const newRequisition = (overrides: Partial<NewRequisition> = {}): NewRequisition => ({
  requisitionId: 'r-1',
  agreementId: 'a-1',
  link: 'https://bank.example/consent/r-1',
  referenceSha256: '1'.repeat(64),
  attemptSha256: '2'.repeat(64),
  historyDays: 730,
  consentDays: 180,
  createdAt: at,
  ...overrides,
})

export const linkedAccount = (overrides: Partial<LinkedAccount> = {}): LinkedAccount => ({
  accountId: '018f0000-0000-7000-8000-00000000d001',
  providerAccountId: 'p-1',
  currency: 'GBP',
  timeZone: 'Europe/London',
  details: { key: 'raw/x/details-1.zst', sha256: '3'.repeat(64), bytes: 12 },
  ...overrides,
})

const institution = { id: 'SANDBOXFINANCE_SFIN0000', name: 'Sandbox Finance', logo: '' }
const requested = { connectionId, spaceId, provider: 'sandbox', institution, requestedBy: userId, requestedAt: at }
const consent = {
  connectionId,
  requisitionId: 'r-1',
  accounts: [linkedAccount()],
  grantedAt: '2026-11-01T09:05:00.000Z',
  expiresAt: '2027-04-30T09:05:00.000Z',
}

export const connectionRequested = fact('ConnectionRequested', requested)
export const requisitionCreated = fact('RequisitionCreated', { connectionId, ...newRequisition() })
export const accountExamined = fact('AccountExamined', { connectionId, requisitionId: 'r-1', found: linkedAccount() })
export const requisitionLinked = fact('RequisitionLinked', { ...consent, historyDays: 730 })
export const reconfirmationAgreed = fact('ReconfirmationAgreed', { connectionId, requisitionId: 'r-1' })
export const consentExpiring = fact('ConsentExpiring', {
  connectionId,
  requisitionId: 'r-1',
  expiresAt: consent.expiresAt,
  announcedAt: '2027-04-16T09:05:00.000Z',
})
const page = { link: 'https://provider.example/confirm', validTo: '2027-02-13T09:05:00.000Z' }
const due = { connectionId, requisitionId: 'r-1', ...page, dueAt: '2027-01-30T09:05:00.000Z' }
export const reconfirmationDue = fact('ReconfirmationDue', due)
const confirmedAgain = { connectionId, requisitionId: 'r-1', reconfirmedAt: '2027-01-20T10:00:00.000Z' }
export const consentReconfirmed = fact('ConsentReconfirmed', confirmedAgain)
export const consentSuspended = fact('ConsentSuspended', { connectionId, requisitionId: 'r-1', suspendedAt: at })
export const consentEnded = fact('ConsentEnded', { connectionId, requisitionId: 'r-1', reason: 'expired', endedAt: at })
export const connectionRenamed = fact('ConnectionRenamed', { connectionId, friendlyName: 'Ours' })
export const connectionRemoved = fact('ConnectionRemoved', { connectionId, erase: false, removedAt: at })
export const requisitionRevoked = fact('RequisitionRevoked', { connectionId, requisitionId: 'r-1' })

export const requestConnection = (overrides: Partial<RequestConnection> = {}): RequestConnection => ({
  type: 'RequestConnection',
  ...requested,
  requisition: newRequisition(),
  ...overrides,
})
export const recordRequisition = (overrides: Partial<NewRequisition> = {}, reconfirms = false): RecordRequisition => ({
  type: 'RecordRequisition',
  connectionId,
  requisition: newRequisition(overrides),
  reconfirms,
})
export const announceExpiry = (overrides: Partial<AnnounceExpiry> = {}): AnnounceExpiry => ({
  type: 'AnnounceExpiry',
  connectionId,
  requisitionId: 'r-1',
  now: '2027-04-16T09:05:00.000Z',
  ...overrides,
})
export const askReconfirmation = (overrides: Partial<AskReconfirmation> = {}): AskReconfirmation => ({
  type: 'AskReconfirmation',
  ...due,
  ...overrides,
})
export const recordReconfirmation = (overrides: Partial<RecordReconfirmation> = {}): RecordReconfirmation => ({
  type: 'RecordReconfirmation',
  ...confirmedAgain,
  ...overrides,
})
export const recordExamination = (found: Examined = linkedAccount(), requisitionId = 'r-1'): RecordExamination => ({
  type: 'RecordExamination',
  connectionId,
  requisitionId,
  found,
})
export const confirmRequisition = (overrides: Partial<ConfirmRequisition> = {}): ConfirmRequisition => ({
  type: 'ConfirmRequisition',
  ...consent,
  ...overrides,
})
export const endConsent = (overrides: Partial<EndConsent> = {}): EndConsent => ({
  type: 'EndConsent',
  connectionId,
  requisitionId: 'r-1',
  reason: 'expired',
  endedAt: at,
  ...overrides,
})
export const renameConnection = (friendlyName = 'Ours'): RenameConnection => ({
  type: 'RenameConnection',
  connectionId,
  friendlyName,
})
export const removeConnection = (overrides: Partial<RemoveConnection> = {}): RemoveConnection => ({
  type: 'RemoveConnection',
  connectionId,
  erase: false,
  removedAt: at,
  ...overrides,
})
export const recordRevocation = (requisitionId = 'r-1'): RecordRevocation => ({
  type: 'RecordRevocation',
  connectionId,
  requisitionId,
})
