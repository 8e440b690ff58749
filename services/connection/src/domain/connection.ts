import { type ConnectionEvent, type EndReason, type InstitutionName, type LinkedAccount, refuse } from '@pf/contracts'
import type {
  AnnounceExpiry,
  AskReconfirmation,
  ConfirmRequisition,
  ConnectionCommand,
  EndConsent,
  Examined,
  RecordExamination,
  RecordReconfirmation,
  RecordRequisition,
  RecordRevocation,
  RemoveConnection,
  RenameConnection,
  RequestConnection,
} from './connection-commands.ts'
import { expiringMs } from './consent-times.ts'

/** What a person may still confirm at the bank. `examined`: what is known already of the accounts that it shows. */
export type Requisition = {
  requisitionId: string
  agreementId: string
  link: string
  attemptSha256: string
  historyDays: number
  createdAt: string
  /** The user will have to confirm it every 90 days. */
  reconfirms: boolean
  examined: Examined[]
}
/** A page of the provider's where the user is to confirm; nothing can be read from `dueAt` until they do. */
export type Reconfirmation = { link: string; dueAt: string; validTo: string }

/** What data is read under. */
export type Consent = {
  requisitionId: string
  agreementId: string
  accounts: LinkedAccount[]
  grantedAt: string
  expiresAt: string
  expiryAnnounced: boolean
  reconfirms: boolean
  /** When the user confirmed last, or granted it. */
  confirmedAt: string
  reconfirmation: Reconfirmation | null
}

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
    case 'AnnounceExpiry':
      return announce(command, state)
    case 'AskReconfirmation':
      return ask(command, state)
    case 'RecordReconfirmation':
      return reconfirmed(command, state)
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

function request(command: RequestConnection, state: Connection): ConnectionEvent[] {
  const { type: _, requisition: _1, reconfirms: _2, ...data } = command
  return state.status === 'unknown' ? [{ type: 'ConnectionRequested', data }, ...created(command)] : []
}

function record(command: RecordRequisition, state: Existing): ConnectionEvent[] {
  const { connectionId, requisition } = command
  if (state.status === 'removed') throw removed(connectionId)
  const known = state.awaiting?.requisitionId === requisition.requisitionId
  return known || linked(state) === requisition.requisitionId ? [] : created(command)
}

function created({ connectionId, requisition, reconfirms }: RequestConnection | RecordRequisition): ConnectionEvent[] {
  const { requisitionId } = requisition
  return [
    { type: 'RequisitionCreated', data: { connectionId, ...requisition } },
    ...(reconfirms ? [{ type: 'ReconfirmationAgreed' as const, data: { connectionId, requisitionId } }] : []),
  ]
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

/** The consent that stands, where the command is about it. */
function standing(state: Existing, requisitionId: string): Consent | undefined {
  return state.status === 'active' && state.consent.requisitionId === requisitionId ? state.consent : undefined
}

function announce({ connectionId, requisitionId, now }: AnnounceExpiry, state: Existing): ConnectionEvent[] {
  const consent = standing(state, requisitionId)
  if (consent === undefined || consent.expiryAnnounced) return []
  const { expiresAt } = consent
  if (Date.parse(expiresAt) - Date.parse(now) > expiringMs) return []
  return [{ type: 'ConsentExpiring', data: { connectionId, requisitionId, expiresAt, announcedAt: now } }]
}

function ask({ type: _, ...data }: AskReconfirmation, state: Existing): ConnectionEvent[] {
  const consent = standing(state, data.requisitionId)
  if (consent === undefined || !consent.reconfirms || consent.reconfirmation?.dueAt === data.dueAt) return []
  return [{ type: 'ReconfirmationDue', data }]
}

function reconfirmed({ type: _, ...data }: RecordReconfirmation, state: Existing): ConnectionEvent[] {
  const consent = standing(state, data.requisitionId)
  if (consent == null || consent.reconfirmation === null) return []
  // The confirmation of the time before is no answer to what is asked now.
  return Date.parse(data.reconfirmedAt) > Date.parse(consent.confirmedAt) ? [{ type: 'ConsentReconfirmed', data }] : []
}

function end({ type: _, suspended = false, ...data }: EndConsent, state: Existing): ConnectionEvent[] {
  // Giving up a requisition that was confirmed in the meantime does not take back what was granted.
  const refused = data.reason === 'refused'
  const current = !refused && state.status === 'active' && state.consent.requisitionId === data.requisitionId
  const awaited = state.awaiting?.requisitionId === data.requisitionId
  if (!current && !awaited) return []
  const { connectionId, requisitionId, endedAt: suspendedAt } = data
  const why = { type: 'ConsentSuspended', data: { connectionId, requisitionId, suspendedAt } } as const
  return [...(suspended && current ? [why] : []), { type: 'ConsentEnded', data }]
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
      const { requisitionId, agreementId, link, attemptSha256, historyDays, createdAt } = data
      const asked = { requisitionId, agreementId, link, attemptSha256, historyDays, createdAt }
      const awaiting = { ...asked, reconfirms: false, examined: [] }
      return { ...state, awaiting, obsolete: [...state.obsolete, ...listed(state.awaiting?.requisitionId)] }
    }
    case 'ReconfirmationAgreed': {
      const { awaiting } = state
      return awaiting?.requisitionId === data.requisitionId
        ? { ...state, awaiting: { ...awaiting, reconfirms: true } }
        : state
    }
    case 'AccountExamined': {
      const { awaiting } = state
      if (awaiting?.requisitionId !== data.requisitionId) return state
      return { ...state, awaiting: { ...awaiting, examined: [...awaiting.examined, data.found] } }
    }
    case 'RequisitionLinked': {
      return {
        ...known(state),
        status: 'active',
        awaiting: null,
        obsolete: replaced(state),
        consent: consented(state, data),
      }
    }
    case 'ConsentExpiring':
      return during(state, data.requisitionId, { expiryAnnounced: true })
    case 'ReconfirmationDue': {
      const { link, dueAt, validTo } = data
      return during(state, data.requisitionId, { reconfirmation: { link, dueAt, validTo } })
    }
    case 'ConsentReconfirmed':
      return during(state, data.requisitionId, { reconfirmation: null, confirmedAt: data.reconfirmedAt })
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

function consented(
  state: Existing,
  { requisitionId, accounts, grantedAt, expiresAt }: Omit<ConfirmRequisition, 'type' | 'connectionId' | 'leftOut'>,
): Consent {
  const { agreementId = requisitionId, reconfirms = false } = state.awaiting ?? {}
  const confirmed = { expiryAnnounced: false, reconfirms, confirmedAt: grantedAt, reconfirmation: null }
  return { requisitionId, agreementId, accounts, grantedAt, expiresAt, ...confirmed }
}

function during(state: Existing, requisitionId: string, change: Partial<Consent>): Connection {
  if (state.status !== 'active' || state.consent.requisitionId !== requisitionId) return state
  return { ...state, consent: { ...state.consent, ...change } }
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
