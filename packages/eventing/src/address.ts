import { hash } from 'node:crypto'
import { type Context, contexts } from '@pf/contracts'
import type { Address, PurgedSubjects } from './ports.ts'

const token = /^[A-Za-z0-9_-]+$/

/** Throws where a part is no subject token: a dot or a wildcard in an id would address other aggregates. */
export function subjectOf({ context, aggregate, spaceId, aggregateId }: Address): string {
  for (const [name, part] of Object.entries({ context, aggregate, spaceId, aggregateId })) {
    if (!token.test(part)) {
      throw new Error(`The ${name} of an address must match ${token.source}; found ${JSON.stringify(part)}.`)
    }
  }
  return `evt.${context}.${aggregate}.${spaceId}.${aggregateId}`
}

/** As a filter of subjects. Throws where a part is no subject token. */
export function purgedSubjects(of: PurgedSubjects): string {
  if (of.aggregateId !== undefined) return subjectOf(of)
  const [root, context, , spaceId] = subjectOf({ ...of, aggregate: 'any', aggregateId: 'any' }).split('.')
  return `${root}.${context}.*.${spaceId}.>`
}

export function addressOf(subject: string): Address {
  const [root, context, aggregate, spaceId, aggregateId, ...rest] = subject.split('.')
  if (root !== 'evt' || !isContext(context) || !aggregate || !spaceId || !aggregateId || rest.length > 0) {
    throw new Error(`Expected a subject evt.<context>.<aggregate>.<space>.<id>; found ${subject}.`)
  }
  return { context, aggregate, spaceId, aggregateId }
}

const known: ReadonlySet<string | undefined> = new Set(contexts)

function isContext(name: string | undefined): name is Context {
  return known.has(name)
}

/** One command on one aggregate is one message; the subject is in it because the log's window of duplicates is per stream. */
export function messageIdOf(subject: string, commandId: string): string {
  return hash('sha256', `${subject}\n${commandId}`, 'hex')
}
