import {
  type ConnectionEvent,
  type EndReason,
  type InstitutionName,
  type LeftOut,
  type LinkedAccount,
  refuse,
} from '@pf/contracts'

/** What a person may still confirm at the bank. `examined`: what is known already of the accounts that it shows. */
export type Requisition = {
  requisitionId: string
  link: string
  attemptSha256: string
  historyDays: number
  createdAt: string
  examined: Examined[]
}
/** An account of a consent that is to be read, or why it is not. */
export type Examined = LinkedAccount | LeftOut

/** What data is read under. */
export type Consent = { requisitionId: string; accounts: LinkedAccount[]; grantedAt: string; expiresAt: string }

type Known = {
  spaceId: string
  provider: string
  institution: InstitutionName
  friendlyName: string | null
  requestedBy: string
  awaiting: Requisition | null
  /** Requisitions that nobody needs any more and that still stand at the provider: to be deleted there. */
  obsolete: string[]
}

/**
 * One bank, connected for one space. A renewal is the same connection with a new requisition: `awaiting` is the one that a
 * person may still confirm, `consent` the one that data is read under.
 */
export type Connection =
  | { status: 'unknown' }
  | (Known & { status: 'pending' })
  | (Known & { status: 'active'; consent: Consent })
  | (Known & { status: 'ended'; consent: Consent; reason: EndReason })
  | (Known & { status: 'removed' })

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
export type RequestConnection = {
  type: 'RequestConnection'
  connectionId: string
  spaceId: string
  provider: string
  institution: InstitutionName
  friendlyName?: string
  requestedBy: string
  requestedAt: string
  requisition: NewRequisition
}
export type RecordRequisition = { type: 'RecordRequisition'; connectionId: string; requisition: NewRequisition }
export type RecordExamination = {
  type: 'RecordExamination'
  connectionId: string
  requisitionId: string
  found: Examined
}
/** What the provider says of the requisition; the browser's return alone proves nothing. */
export type ConfirmRequisition = {
  type: 'ConfirmRequisition'
  connectionId: string
  requisitionId: string
  accounts: LinkedAccount[]
  leftOut?: LeftOut[]
  grantedAt: string
  expiresAt: string
}
export type EndConsent = {
  type: 'EndConsent'
  connectionId: string
  requisitionId: string
  reason: EndReason
  leftOut?: LeftOut[]
  endedAt: string
}
export type RenameConnection = { type: 'RenameConnection'; connectionId: string; friendlyName: string }
export type RemoveConnection = { type: 'RemoveConnection'; connectionId: string; erase: boolean; removedAt: string }
/** The provider has deleted it, or never knew it. */
export type RecordRevocation = { type: 'RecordRevocation'; connectionId: string; requisitionId: string }
export type ConnectionCommand =
  | RequestConnection
  | RecordRequisition
  | RecordExamination
  | ConfirmRequisition
  | EndConsent
  | RenameConnection
  | RemoveConnection
  | RecordRevocation

export const initial: Connection = { status: 'unknown' }

export function decide(command: ConnectionCommand, state: Connection): ConnectionEvent[] {
  if (command.type === 'RequestConnection') return request(command, state)
  if (state.status === 'unknown') {
    throw refuse('connection_not_found', `There is no connection ${command.connectionId}; ask for the bank first.`)
  }
  switch (command.type) {
    case 'RecordRequisition':
      return record(command, state)
    case 'RecordExamination':
      return examine(command, state)
    case 'ConfirmRequisition':
      return confirm(command, state)
    case 'EndConsent':
      return end(command, state)
    case 'RenameConnection':
      return rename(command, state)
    case 'RemoveConnection':
      return remove(command, state)
    case 'RecordRevocation':
      return revoked(command, state)
  }
}

type Existing = Exclude<Connection, { status: 'unknown' }>

const linked = (state: Existing): string | undefined => ('consent' in state ? state.consent.requisitionId : undefined)

function request({ type: _, requisition, ...data }: RequestConnection, state: Connection): ConnectionEvent[] {
  if (state.status !== 'unknown') return []
  return [
    { type: 'ConnectionRequested', data },
    { type: 'RequisitionCreated', data: { connectionId: data.connectionId, ...requisition } },
  ]
}

function record({ connectionId, requisition }: RecordRequisition, state: Existing): ConnectionEvent[] {
  if (state.status === 'removed') throw removed(connectionId)
  const known = state.awaiting?.requisitionId === requisition.requisitionId
  if (known || linked(state) === requisition.requisitionId) return []
  return [{ type: 'RequisitionCreated', data: { connectionId, ...requisition } }]
}

function examine({ type: _, ...data }: RecordExamination, state: Existing): ConnectionEvent[] {
  if (state.awaiting?.requisitionId !== data.requisitionId) return []
  const known = state.awaiting.examined.some((one) => one.providerAccountId === data.found.providerAccountId)
  return known ? [] : [{ type: 'AccountExamined', data }]
}

function confirm({ type: _, ...data }: ConfirmRequisition, state: Existing): ConnectionEvent[] {
  if (state.status === 'removed') throw removed(data.connectionId)
  if (state.status === 'active' && state.consent.requisitionId === data.requisitionId) return []
  if (state.awaiting?.requisitionId !== data.requisitionId) {
    throw refuse(
      'requisition_superseded',
      `Requisition ${data.requisitionId} is not the one this connection waits for; start the consent again.`,
    )
  }
  if (data.accounts.length === 0) {
    throw refuse(
      'consent_without_accounts',
      'The consent gives access to no account; start it again and choose at least one at the bank.',
    )
  }
  return [{ type: 'RequisitionLinked', data: { ...data, historyDays: state.awaiting.historyDays } }]
}

function end({ type: _, ...data }: EndConsent, state: Existing): ConnectionEvent[] {
  // Giving up a requisition that was confirmed in the meantime does not take back what was granted.
  const refused = data.reason === 'refused'
  const current = !refused && state.status === 'active' && state.consent.requisitionId === data.requisitionId
  const awaited = state.awaiting?.requisitionId === data.requisitionId
  return current || awaited ? [{ type: 'ConsentEnded', data }] : []
}

function rename({ type: _, ...data }: RenameConnection, state: Existing): ConnectionEvent[] {
  if (state.status === 'removed') throw removed(data.connectionId)
  return state.friendlyName === data.friendlyName ? [] : [{ type: 'ConnectionRenamed', data }]
}

function remove({ type: _, ...data }: RemoveConnection, state: Existing): ConnectionEvent[] {
  return state.status === 'removed' ? [] : [{ type: 'ConnectionRemoved', data }]
}

function revoked({ type: _, ...data }: RecordRevocation, state: Existing): ConnectionEvent[] {
  return state.obsolete.includes(data.requisitionId) ? [{ type: 'RequisitionRevoked', data }] : []
}

const removed = (connectionId: string) =>
  refuse('connection_removed', `Connection ${connectionId} was removed; ask for the bank again.`)

export function evolve(state: Connection, { type, data }: ConnectionEvent): Connection {
  if (type === 'ConnectionRequested') {
    const { spaceId, provider, institution, friendlyName = null, requestedBy } = data
    return {
      status: 'pending',
      spaceId,
      provider,
      institution,
      friendlyName,
      requestedBy,
      awaiting: null,
      obsolete: [],
    }
  }
  if (state.status === 'unknown') return state
  switch (type) {
    case 'RequisitionCreated': {
      const { requisitionId, link, attemptSha256, historyDays, createdAt } = data
      const awaiting = { requisitionId, link, attemptSha256, historyDays, createdAt, examined: [] }
      return { ...state, awaiting, obsolete: [...state.obsolete, ...listed(state.awaiting?.requisitionId)] }
    }
    case 'AccountExamined': {
      const { awaiting } = state
      if (awaiting?.requisitionId !== data.requisitionId) return state
      return { ...state, awaiting: { ...awaiting, examined: [...awaiting.examined, data.found] } }
    }
    case 'RequisitionLinked': {
      const { requisitionId, accounts, grantedAt, expiresAt } = data
      const consent = { requisitionId, accounts, grantedAt, expiresAt }
      return { ...known(state), status: 'active', awaiting: null, obsolete: replaced(state), consent }
    }
    case 'ConsentEnded':
      return ended(state, data)
    case 'ConnectionRenamed':
      return { ...state, friendlyName: data.friendlyName }
    case 'ConnectionRemoved': {
      const obsolete = [...replaced(state), ...listed(state.awaiting?.requisitionId)]
      return { ...known(state), status: 'removed', awaiting: null, obsolete }
    }
    case 'RequisitionRevoked':
      return { ...state, obsolete: state.obsolete.filter((id) => id !== data.requisitionId) }
    default:
      return state
  }
}

const listed = (requisitionId: string | undefined): string[] => (requisitionId === undefined ? [] : [requisitionId])

/** What becomes obsolete once nothing is read under the consent that stood; a revoked one is obsolete already. */
function replaced(state: Existing): string[] {
  const obsoleteAlready = state.status === 'ended' && state.reason !== 'expired'
  return obsoleteAlready ? state.obsolete : [...state.obsolete, ...listed(linked(state))]
}

function known({ spaceId, provider, institution, friendlyName, requestedBy, awaiting, obsolete }: Existing): Known {
  return { spaceId, provider, institution, friendlyName, requestedBy, awaiting, obsolete }
}

function ended(state: Existing, { requisitionId, reason }: { requisitionId: string; reason: EndReason }): Connection {
  // Backing out of a renewal changes nothing about the consent that stands.
  if (state.awaiting?.requisitionId === requisitionId) {
    return { ...state, awaiting: null, obsolete: [...state.obsolete, requisitionId] }
  }
  if (state.status !== 'active') return state
  // An expired requisition stays at the provider until it is renewed: it still names the accounts there.
  const obsolete = reason === 'expired' ? state.obsolete : [...state.obsolete, requisitionId]
  return { ...state, status: 'ended', reason, obsolete }
}
