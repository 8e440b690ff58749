import type { ConnectionEvent, InstitutionName, LinkedAccount } from '@pf/contracts'

/**
 * What storage has to know of a connection, read from connection's own log: an account's description and the holder's name
 * are needed with its very first rows, whatever order streams are read in.
 */
export type ConnectionFacts = {
  readonly provider: string | undefined
  readonly institution: InstitutionName | undefined
  /** By account id, as last linked. */
  readonly accounts: Readonly<Record<string, LinkedAccount>>
}

export const unknownConnection: ConnectionFacts = { provider: undefined, institution: undefined, accounts: {} }

/** What `learn` learns from. */
export const factTypes = ['ConnectionRequested', 'RequisitionLinked'] as const

export function learn(facts: ConnectionFacts, { type, data }: ConnectionEvent): ConnectionFacts {
  switch (type) {
    case 'ConnectionRequested':
      return { ...facts, provider: data.provider, institution: data.institution }
    case 'RequisitionLinked':
      return {
        ...facts,
        accounts: {
          ...facts.accounts,
          ...Object.fromEntries(data.accounts.map((linked) => [linked.accountId, linked])),
        },
      }
    default:
      return facts
  }
}
