import { contexts, type Operation } from '@pf/contracts'
import { Type } from 'typebox'
import type { Bus } from './bus/bus.ts'
import { problemOf } from './bus/problem.ts'
import { patternOf, readyOperation } from './bus/subjects.ts'
import { type Health, isBeside } from './health.ts'

type ServiceName = Operation['service']

const readyOf = (service: ServiceName): Operation<ReturnType<typeof Type.Object>, Health> => ({
  service,
  operation: readyOperation,
  input: Type.Object({}),
  open: true,
  anyReplica: true,
})

export const readyPattern = (service: string): string =>
  patternOf({ service: service as ServiceName, operation: readyOperation, anyReplica: true })

/** What services share; everything else they report is their own. */
const shared = ['nats', 'postgres', 'objects', 'masterKey', 'disk']

/**
 * Asks every service over the bus how it is: `{connection: 'ok', …, nats: 'ok', postgres: 'ok', objects: 'ok'}`, or what
 * is wrong in words. A service that does not answer within 2 s is `unavailable`; a shared dependency is as well as the
 * service that finds it worst, and a provider's last call is the last of any service.
 */
export async function servicesReady(bus: Bus): Promise<Health> {
  // Each context has one service, of the same name.
  const reports = await Promise.all(contexts.map(async (name) => ({ name, health: await ask(bus, name) })))
  const ready: Health = {}
  for (const { name, health } of reports) {
    const own = Object.entries(health).filter(
      ([part, state]) => !shared.includes(part) && !isBeside(part) && state !== 'ok',
    )
    ready[name] = own.length === 0 ? 'ok' : own.map(([part, state]) => `${part}: ${state}`).join('; ')
  }
  for (const part of shared) {
    const states = reports.flatMap(({ health }) => health[part] ?? [])
    if (states.length > 0) ready[part] = states.find((state) => state !== 'ok') ?? 'ok'
  }
  for (const [part, state] of reports.flatMap(({ health }) => Object.entries(health)))
    if (isBeside(part) && state > (ready[part] ?? '')) ready[part] = state
  return ready
}

async function ask(bus: Bus, name: ServiceName): Promise<Health> {
  try {
    return await bus.call(readyOf(name), {}, { deadlineMs: 2_000 })
  } catch (error) {
    return { bus: problemOf(error).code }
  }
}
