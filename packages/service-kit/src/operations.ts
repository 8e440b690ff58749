import { Controller, type Type } from '@nestjs/common'
import {
  type InputOf,
  type Operation,
  type OperationsView,
  type Principal,
  type Rest,
  refuse,
  requests,
} from '@pf/contracts'
import type {
  Build,
  DeadLetter,
  DeadLetters,
  Parked,
  ProjectionStatus,
  ReadModel,
  RunningProjection,
} from '@pf/eventing'
import type { ErasureLedger } from '@pf/vault/ledger'
import { Answers } from './bus/answers.ts'
import type { PendingErasureRow } from './erasure/pending-erasures.ts'
import { operatorAlone } from './operator.ts'

type ServiceName = Operation['service']
type Operated = Pick<RunningProjection<never>, 'status' | 'parked' | 'retry'>

export type OperationsParts = {
  service: ServiceName
  projections: readonly Operated[]
  /** Of all services; a reaction's name begins with that of its service. */
  deadLetters: DeadLetters
  /** Of a service that carries out erasures: those that it was asked for and that are not done. */
  erasures: Pick<ReadModel<PendingErasureRow>, 'find'> | undefined
  ledger: Pick<ErasureLedger, 'scopes'>
  /** Of the service that knows of restore drills. */
  lastDrill: (() => Promise<Rest.PassedDrill | null>) | undefined
}

/** What the service answers of itself to an operator: `operations`, `retry_quarantined`. */
export function operationsController(parts: OperationsParts): Type {
  const { operations, retryQuarantined } = requests[parts.service]

  class OperationsController {
    operations(_input: object, principal: Principal): Promise<OperationsView> {
      operatorAlone(principal)
      return viewOf(parts)
    }

    retry({ id }: InputOf<typeof retryQuarantined>, principal: Principal): Promise<Rest.Retried> {
      operatorAlone(principal)
      return retry(parts, id)
    }
  }
  // Called, not written as decorators: Node can then run this package's sources as they are.
  answering(OperationsController, 'operations', Answers(operations))
  answering(OperationsController, 'retry', Answers(retryQuarantined))
  Controller()(OperationsController)
  return OperationsController
}

function answering(
  { prototype }: Type<object>,
  method: string,
  decorate: (target: object, key: string, descriptor: PropertyDescriptor) => void,
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method)
  if (descriptor === undefined) throw new TypeError(`${method} is no method of the controller.`)
  decorate(prototype as object, method, descriptor)
  Object.defineProperty(prototype, method, descriptor)
}

async function viewOf(parts: OperationsParts): Promise<OperationsView> {
  const states = await Promise.all(parts.projections.map((projection) => projection.status()))
  return {
    projections: states.map((status) => projectionView(parts.service, status)),
    quarantine: await quarantineOf(parts),
    erasures: await erasuresOf(parts),
    ...(parts.lastDrill && { last_drill: await parts.lastDrill() }),
  }
}

/** The ledger says which of them are beyond return. */
export async function erasuresOf({ erasures, ledger }: OperationsParts): Promise<Rest.PendingErasure[]> {
  const rows = (await erasures?.find({ where: {}, orderBy: [{ column: 'requestedAt' }] })) ?? []
  if (rows.length === 0) return []
  const begun = new Set((await ledger.scopes()).map(({ erasureId }) => erasureId))
  return rows.map(({ erasureId: id, of, requestedAt: since }) => ({
    id,
    of: of === 'space' ? 'space' : 'connection',
    state: begun.has(id) ? 'erasing' : 'asked',
    since,
  }))
}

/** What waits for an operator: ids and reasons. */
export async function quarantineOf({
  service,
  projections,
  deadLetters,
}: Pick<OperationsParts, 'service' | 'projections' | 'deadLetters'>): Promise<Rest.Quarantined[]> {
  const parked = (await Promise.all(projections.map((projection) => projection.parked()))).flat()
  const letters = await lettersOf(deadLetters, service)
  return [...parked.map((one) => parkedView(service, one)), ...letters.map((one) => letterView(service, one))]
}

/** A parked aggregate at once, by whichever replica was asked; a dead letter by the one that runs its reaction. */
async function retry({ service, projections, deadLetters }: OperationsParts, id: string): Promise<Rest.Retried> {
  for (const projection of projections) {
    const outcome = await projection.retry(id)
    if (outcome !== 'not parked') return { id, outcome: outcome === 'healed' ? 'healed' : 'still_parked' }
  }
  const isMine = (await lettersOf(deadLetters, service)).some((letter) => letter.id === id)
  if (isMine && (await deadLetters.ask(id))) return { id, outcome: 'asked' }
  throw refuse(
    'quarantined_not_found',
    `Service ${service} has nothing of this id set aside. GET /operations lists all.`,
  )
}

async function lettersOf(deadLetters: DeadLetters, service: string): Promise<DeadLetter[]> {
  return (await deadLetters.list()).filter(({ reaction }) => reaction.startsWith(`${service}-`))
}

function projectionView(service: string, status: ProjectionStatus): Rest.OperatedProjection {
  const { name, version, state, reason = null, lag, parked, builds } = status
  const rebuild = builds.map(rebuildView).find((build) => build !== undefined) ?? null
  return { service, name, version, state, reason, lag, parked, rebuild }
}

function rebuildView({ version, build, state, comparison }: Build): Rest.OperatedProjection['rebuild'] | undefined {
  if (state !== 'building' && state !== 'differs' && state !== 'accepted') return undefined
  const { rowsBefore: rows_before = null, rowsAfter: rows_after = null } = comparison ?? {}
  return { version, build, state, rows_before, rows_after }
}

const parkedView = (service: string, parked: Parked): Rest.Quarantined => ({
  id: parked.id,
  service,
  kind: 'projection',
  name: parked.projection,
  reason: parked.reason,
  since: parked.since,
  messages: parked.messages,
  asked: parked.isAsked,
})

const letterView = (service: string, letter: DeadLetter): Rest.Quarantined => ({
  id: letter.id,
  service,
  kind: 'reaction',
  name: letter.reaction,
  reason: letter.reason,
  since: letter.since,
  messages: 1,
  asked: letter.isAsked,
})
