import type { EndReason, InstitutionName, LeftOut, LinkedAccount } from '@pf/contracts'

/** An account of a consent that is to be read, or why it is not. */
export type Examined = LinkedAccount | LeftOut

/** The provider's answer to our asking for an agreement and a requisition. */
export type NewRequisition = {
  requisitionId: string
  agreementId: string
  link: string
  referenceSha256: string
  attemptSha256: string
  historyDays: number
  consentDays: number
  createdAt: string
}
/** `reconfirms`: the user will have to confirm the consent every 90 days. */
type WithRequisition = { connectionId: string; requisition: NewRequisition; reconfirms?: boolean }

export type RequestConnection = WithRequisition & {
  type: 'RequestConnection'
  spaceId: string
  provider: string
  institution: InstitutionName
  friendlyName?: string
  requestedBy: string
  requestedAt: string
}
export type RecordRequisition = WithRequisition & { type: 'RecordRequisition' }

type OfRequisition = { connectionId: string; requisitionId: string }
export type RecordExamination = OfRequisition & { type: 'RecordExamination'; found: Examined }
/** What the provider says of the requisition; the browser's return alone proves nothing. */
export type ConfirmRequisition = OfRequisition & {
  type: 'ConfirmRequisition'
  accounts: LinkedAccount[]
  leftOut?: LeftOut[]
  grantedAt: string
  expiresAt: string
}
/** `now`: by the provider's clock. */
export type AnnounceExpiry = OfRequisition & { type: 'AnnounceExpiry'; now: string }
/** The provider has a page where the consent is to be confirmed. */
export type AskReconfirmation = OfRequisition & {
  type: 'AskReconfirmation'
  link: string
  dueAt: string
  validTo: string
}
/** The user has confirmed there, as the provider says. */
export type RecordReconfirmation = OfRequisition & { type: 'RecordReconfirmation'; reconfirmedAt: string }
/** `suspended`: because the provider stopped reading after too many errors. */
export type EndConsent = OfRequisition & {
  type: 'EndConsent'
  reason: EndReason
  leftOut?: LeftOut[]
  suspended?: boolean
  endedAt: string
}
export type RenameConnection = { type: 'RenameConnection'; connectionId: string; friendlyName: string }
export type RemoveConnection = { type: 'RemoveConnection'; connectionId: string; erase: boolean; removedAt: string }
/** The provider has deleted it, or never knew it. */
export type RecordRevocation = OfRequisition & { type: 'RecordRevocation' }

export type ConnectionCommand =
  | RequestConnection
  | RecordRequisition
  | RecordExamination
  | ConfirmRequisition
  | AnnounceExpiry
  | AskReconfirmation
  | RecordReconfirmation
  | EndConsent
  | RenameConnection
  | RemoveConnection
  | RecordRevocation
