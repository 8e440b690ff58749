import type { FastifyInstance } from 'fastify'
import { drawLogo } from '../adapters/logo.ts'
import type { Banks } from '../application/banks.ts'
import type { Reconfirmations } from '../application/reconfirmations.ts'
import { HEADER_SPELLINGS, type SwitchBoard, type Switches } from '../application/switches.ts'
import { SCOPES, type Scope, type ScopeRules } from '../domain/agreement.ts'
import type { BankOrders, Behaviour } from '../domain/behaviour.ts'
import { FEATURES, type Institution } from '../domain/institutions.ts'
import { fieldsOf, readFlag, readInteger, readOneOf, readTexts } from './control-body.ts'

type WithId = { Params: { id: string } }
type Fields = Record<string, unknown>

/** The part of the control API that makes a bank, or the API itself, behave otherwise. */
export function behaviourRoutes(
  app: FastifyInstance,
  { banks, switches, reconfirmations }: { banks: Banks; switches: Switches; reconfirmations: Reconfirmations },
): void {
  app.get('/__sandbox/institutions', async () => ({
    items: banks.seeded().map((institution) => showBank(institution, banks.behaviour(institution.id))),
  }))
  app.get<WithId>('/__sandbox/logos/:id', async ({ params }, reply) =>
    reply.type('image/png').send(drawLogo(params.id)),
  )
  app.put<WithId>('/__sandbox/institutions/:id', async ({ params, body }) => {
    const { institution, behaviour } = banks.order(params.id, readOrders(body))
    return showBank(institution, behaviour)
  })
  app.get('/__sandbox/switches', async () => showSwitches(switches.now()))
  app.put('/__sandbox/switches', async ({ body }) => showSwitches(switches.set(readSwitches(body))))
  app.post<WithId>('/__sandbox/reconfirmations/:id', async ({ params, body }) => {
    const fields = fieldsOf(body, ['decision', 'accounts'])
    const decision = readOneOf(fields, 'decision', ['confirm', 'reject'])
    const { accounts } = reconfirmations.open(params.id)
    const named = fields['accounts'] === undefined ? accounts : readTexts(fields, 'accounts')
    return reconfirmations.submit(params.id, decision === 'confirm' ? named : [])
  })
}

const INSTITUTION_DAYS = [
  'transaction_total_days',
  'max_access_valid_for_days',
  'max_access_valid_for_days_reconfirmation',
] as const
const MOST_DAYS = 730
const MOST_SECONDS = 86_400

function readOrders(body: unknown): BankOrders {
  const fields = fieldsOf(body, [
    ...INSTITUTION_DAYS,
    'features',
    'operational',
    'login_page',
    'processing_seconds',
    'daily_calls',
    'ignores_date_from',
    'scopes',
  ])
  const institution: Partial<Institution> = {}
  for (const name of INSTITUTION_DAYS) {
    if (fields[name] !== undefined) institution[name] = String(readInteger(fields, name, 1, MOST_DAYS, 1))
  }
  if (fields['features'] !== undefined) institution.supported_features = readTexts(fields, 'features', FEATURES)
  return { institution, behaviour: readBehaviour(fields) }
}

function readBehaviour(fields: Fields): Partial<Behaviour> {
  const given = (name: string) => fields[name] !== undefined
  return {
    ...(given('operational') && { operational: readFlag(fields, 'operational') }),
    ...(given('login_page') && { loginPage: readFlag(fields, 'login_page') }),
    ...(given('processing_seconds') && {
      processingSeconds: readInteger(fields, 'processing_seconds', 0, MOST_SECONDS, 0),
    }),
    ...(given('daily_calls') && {
      dailyCalls: fields['daily_calls'] === null ? null : readInteger(fields, 'daily_calls', 0, 1_000, 0),
    }),
    ...(given('ignores_date_from') && { ignoresDateFrom: readFlag(fields, 'ignores_date_from') }),
    ...(given('scopes') && { scopes: readScopeRules(fields['scopes']) }),
  }
}

function readScopeRules(value: unknown): ScopeRules {
  const fields = fieldsOf(value, ['supported', 'mandatory', 'together'])
  const read = (name: string): Scope[] => (fields[name] === undefined ? [] : readTexts(fields, name, SCOPES))
  return { supported: read('supported'), mandatory: read('mandatory'), together: read('together') }
}

function readSwitches(body: unknown): Partial<SwitchBoard> {
  const names = ['general_limits', 'free_requisitions', 'rate_headers', 'may_reconfirm', 'may_accept']
  const fields = fieldsOf(body, names)
  const given = (name: string) => fields[name] !== undefined
  return {
    ...(given('general_limits') && {
      generalLimits: readOneOf(fields, 'general_limits', ['counted', 'enforced']),
    }),
    ...(given('free_requisitions') && {
      freeRequisitions:
        fields['free_requisitions'] === null ? null : readInteger(fields, 'free_requisitions', 0, 1_000_000, 0),
    }),
    ...(given('rate_headers') && { rateHeaders: readOneOf(fields, 'rate_headers', HEADER_SPELLINGS) }),
    ...(given('may_reconfirm') && { mayReconfirm: readFlag(fields, 'may_reconfirm') }),
    ...(given('may_accept') && { mayAccept: readFlag(fields, 'may_accept') }),
  }
}

function showBank(institution: Institution, behaviour: Behaviour): Fields {
  return {
    ...institution,
    operational: behaviour.operational,
    login_page: behaviour.loginPage,
    processing_seconds: behaviour.processingSeconds,
    daily_calls: behaviour.dailyCalls,
    ignores_date_from: behaviour.ignoresDateFrom,
    scopes: behaviour.scopes,
  }
}

function showSwitches(board: SwitchBoard): Fields {
  return {
    general_limits: board.generalLimits,
    free_requisitions: board.freeRequisitions,
    rate_headers: board.rateHeaders,
    may_reconfirm: board.mayReconfirm,
    may_accept: board.mayAccept,
  }
}
