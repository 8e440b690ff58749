import { specify } from '@pf/eventing/testing'
import {
  accountExamined,
  announceExpiry,
  askReconfirmation,
  confirmRequisition,
  connectionRemoved,
  connectionRenamed,
  connectionRequested,
  consentEnded,
  consentExpiring,
  consentReconfirmed,
  consentSuspended,
  endConsent,
  linkedAccount,
  reconfirmationAgreed,
  reconfirmationDue,
  recordExamination,
  recordReconfirmation,
  recordRequisition,
  recordRevocation,
  removeConnection,
  renameConnection,
  requestConnection,
  requisitionCreated,
  requisitionLinked,
  requisitionRevoked,
} from './builders.ts'
import * as connection from './connection.ts'

const { given } = specify(connection)
const pending = [connectionRequested(), requisitionCreated({ requisitionId: 'r-1' })]
const active = [...pending, requisitionLinked({ requisitionId: 'r-1' })]
const renewing = [...active, requisitionCreated({ requisitionId: 'r-2' })]
const expired = [...active, consentEnded({ requisitionId: 'r-1', reason: 'expired' })]
const revoked = [...active, consentEnded({ requisitionId: 'r-1', reason: 'revoked' })]
const removed = [...renewing, connectionRemoved()]

describe('a bank that nobody asked for', () => {
  it('is requested together with its requisition, in one step', () => {
    given([]).when(requestConnection()).then([connectionRequested(), requisitionCreated()])
  })

  it('refuses everything else', () => {
    given([]).when(confirmRequisition()).thenRefuses('connection_not_found')
    given([]).when(recordRequisition()).thenRefuses('connection_not_found')
    given([]).when(removeConnection()).thenRefuses('connection_not_found')
  })
})

describe('a pending connection', () => {
  it('stays quiet when it is requested again', () => {
    given(pending).when(requestConnection()).thenNothing()
  })

  it('becomes active when the provider confirms its requisition', () => {
    given(pending)
      .when(confirmRequisition({ requisitionId: 'r-1' }))
      .then([requisitionLinked({ requisitionId: 'r-1' })])
      .leaves({ status: 'active', awaiting: null, obsolete: [] })
  })

  it('links over the history that its own requisition asked for', () => {
    given([connectionRequested(), requisitionCreated({ historyDays: 90 })])
      .when(confirmRequisition())
      .then([requisitionLinked({ historyDays: 90 })])
  })

  it('refuses a requisition that it did not ask for', () => {
    given(pending)
      .when(confirmRequisition({ requisitionId: 'r-9' }))
      .thenRefuses('requisition_superseded')
  })

  it('refuses a consent that gives access to no account', () => {
    given(pending)
      .when(confirmRequisition({ accounts: [] }))
      .thenRefuses('consent_without_accounts')
  })

  it('leaves a refused requisition to be deleted at the provider', () => {
    given(pending)
      .when(endConsent({ reason: 'refused' }))
      .then([consentEnded({ reason: 'refused' })])
      .leaves({ status: 'pending', awaiting: null, obsolete: ['r-1'] })
  })

  it('remembers what is known of an account of its requisition, once', () => {
    const found = linkedAccount()
    given(pending)
      .when(recordExamination(found))
      .then([accountExamined({ found })])
      .leaves({ awaiting: { examined: [found] } })
    given([...pending, accountExamined({ found })])
      .when(recordExamination({ providerAccountId: found.providerAccountId, reason: 'account_ambiguous' }))
      .thenNothing()
    given(pending).when(recordExamination(found, 'r-9')).thenNothing()
  })

  it('notes with its consent which accounts are left out, and why', () => {
    const leftOut = [{ providerAccountId: 'p-9', reason: 'account_ambiguous' as const }]
    given(pending)
      .when(confirmRequisition({ leftOut }))
      .then([requisitionLinked({ leftOut })])
    given(pending)
      .when(endConsent({ reason: 'refused', leftOut }))
      .then([consentEnded({ reason: 'refused', leftOut })])
  })

  it('waits for the newest requisition only', () => {
    given([...pending, requisitionCreated({ requisitionId: 'r-2' })])
      .when(confirmRequisition({ requisitionId: 'r-1' }))
      .thenRefuses('requisition_superseded')
  })
})

describe('an active connection', () => {
  it('stays quiet when its requisition is confirmed again', () => {
    given(active).when(confirmRequisition()).thenNothing()
  })

  it('stays quiet when its requisition is recorded again', () => {
    given(active).when(recordRequisition()).thenNothing()
  })

  it('keeps its consent while a renewal waits, and when the person backs out of it', () => {
    given(renewing)
      .when(endConsent({ requisitionId: 'r-2', reason: 'refused' }))
      .then([consentEnded({ requisitionId: 'r-2', reason: 'refused' })])
      .leaves({ status: 'active', awaiting: null, obsolete: ['r-2'] })
  })

  it('is renewed in place, and the old requisition becomes obsolete', () => {
    const accounts = [linkedAccount({ providerAccountId: 'p-2' })]
    given(renewing)
      .when(confirmRequisition({ requisitionId: 'r-2', accounts }))
      .then([requisitionLinked({ requisitionId: 'r-2', accounts })])
      .leaves({ status: 'active', obsolete: ['r-1'] })
  })

  it('is not ended by giving up the requisition that it was linked under', () => {
    given(active)
      .when(endConsent({ reason: 'refused' }))
      .thenNothing()
  })

  it('ends once when its consent runs out', () => {
    given(active).when(endConsent()).then([consentEnded()]).leaves({ status: 'ended', obsolete: [] })
    given(expired).when(endConsent()).thenNothing()
  })

  it('takes a name, and stays quiet when it has it already', () => {
    given(active)
      .when(renameConnection('Ours'))
      .then([connectionRenamed({ friendlyName: 'Ours' })])
    given([...active, connectionRenamed({ friendlyName: 'Ours' })])
      .when(renameConnection('Ours'))
      .thenNothing()
  })

  it('has nothing to revoke', () => {
    given(active).when(recordRevocation('r-1')).thenNothing()
  })
})

describe('a consent that ends soon', () => {
  it('is announced once, from 14 days before by the clock of the provider', () => {
    given(active).when(announceExpiry()).then([consentExpiring()])
    given(active)
      .when(announceExpiry({ now: '2027-04-16T09:04:59.999Z' }))
      .thenNothing()
    given([...active, consentExpiring()])
      .when(announceExpiry())
      .thenNothing()
  })

  it('is not announced once it was renewed or has ended', () => {
    given([...renewing, requisitionLinked({ requisitionId: 'r-2' })])
      .when(announceExpiry())
      .thenNothing()
    given(expired).when(announceExpiry()).thenNothing()
  })
})

describe('a consent that has to be confirmed every 90 days', () => {
  const agreed = [...pending, reconfirmationAgreed(), requisitionLinked()]
  const due = [...agreed, reconfirmationDue()]

  it('is known for one by what was agreed with its requisition', () => {
    given([])
      .when(requestConnection({ reconfirms: true }))
      .then([connectionRequested(), requisitionCreated(), reconfirmationAgreed()])
    given(active)
      .when(recordRequisition({ requisitionId: 'r-2' }, true))
      .then([requisitionCreated({ requisitionId: 'r-2' }), reconfirmationAgreed({ requisitionId: 'r-2' })])
    given(active).when(askReconfirmation()).thenNothing()
  })

  it('asks for each confirmation once', () => {
    given(agreed).when(askReconfirmation()).then([reconfirmationDue()]).leaves({ status: 'active' })
    given(due).when(askReconfirmation()).thenNothing()
  })

  it('goes on when it was confirmed, until it is due again', () => {
    given(due)
      .when(recordReconfirmation())
      .then([consentReconfirmed()])
      .leaves({ status: 'active', consent: { reconfirmation: null } })
    given([...due, consentReconfirmed()])
      .when(recordReconfirmation())
      .thenNothing()
    const again = { dueAt: '2027-04-20T10:00:00.000Z' }
    given([...due, consentReconfirmed()])
      .when(askReconfirmation(again))
      .then([reconfirmationDue(again)])
    given([...due, consentReconfirmed(), reconfirmationDue(again)])
      .when(recordReconfirmation())
      .thenNothing()
  })
})

describe('a consent that the provider suspended', () => {
  it('ends, and only a new requisition helps', () => {
    const ending = { reason: 'revoked', suspended: true } as const
    given(active)
      .when(endConsent(ending))
      .then([consentSuspended(), consentEnded({ reason: 'revoked' })])
      .leaves({ status: 'ended', obsolete: ['r-1'] })
    given(revoked).when(endConsent(ending)).thenNothing()
  })
})

describe('a connection whose consent was revoked', () => {
  it('is not brought back by an old return from the bank', () => {
    given(revoked).when(confirmRequisition()).thenRefuses('requisition_superseded')
  })

  it('goes on under a new requisition', () => {
    given([...revoked, requisitionCreated({ requisitionId: 'r-3' })])
      .when(confirmRequisition({ requisitionId: 'r-3' }))
      .then([requisitionLinked({ requisitionId: 'r-3' })])
      .leaves({ status: 'active', obsolete: ['r-1'] })
  })
})

describe('a connection whose consent expired', () => {
  it('keeps its requisition at the provider until it is renewed', () => {
    given([...expired, requisitionCreated({ requisitionId: 'r-2' })])
      .when(confirmRequisition({ requisitionId: 'r-2' }))
      .then([requisitionLinked({ requisitionId: 'r-2' })])
      .leaves({ obsolete: ['r-1'] })
  })
})

describe('a removed connection', () => {
  it('leaves every requisition to be deleted at the provider', () => {
    given(renewing)
      .when(removeConnection())
      .then([connectionRemoved()])
      .leaves({ status: 'removed', obsolete: ['r-1', 'r-2'] })
  })

  it('notes each deletion once', () => {
    given(removed)
      .when(recordRevocation('r-1'))
      .then([requisitionRevoked({ requisitionId: 'r-1' })])
      .leaves({ obsolete: ['r-2'] })
    given([...removed, requisitionRevoked({ requisitionId: 'r-1' })])
      .when(recordRevocation('r-1'))
      .thenNothing()
  })

  it('refuses to come back', () => {
    given(removed)
      .when(confirmRequisition({ requisitionId: 'r-2' }))
      .thenRefuses('connection_removed')
    given(removed)
      .when(recordRequisition({ requisitionId: 'r-4' }))
      .thenRefuses('connection_removed')
    given(removed).when(renameConnection()).thenRefuses('connection_removed')
  })

  it('stays quiet when it is removed again, or when its consent ends', () => {
    given(removed).when(removeConnection()).thenNothing()
    given(removed).when(endConsent()).thenNothing()
  })
})
