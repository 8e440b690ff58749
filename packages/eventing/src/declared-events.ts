import { type AggregateDeclaration, type AnyEvent, aggregates, type EventDeclaration } from '@pf/contracts'
import { Compile, type Validator } from 'typebox/compile'

/** An event that its declaration does not allow, or that nobody declared. Names type, version and place, never a value. */
export class EventInvalid extends Error {
  readonly eventType: string
  readonly version: number
  readonly pointer: string
  constructor(type: string, version: number, pointer: string, problem: string) {
    super(`Event ${type} v${version} is not as declared at "${pointer}": ${problem}.`)
    this.name = 'EventInvalid'
    this.eventType = type
    this.version = version
    this.pointer = pointer
  }
}

export type WrittenEvent = { type: string; v: number; data: object }

/** The two doors: `write` before an append, `read` after a load. Between them types are trusted. */
export type DeclaredEvents = {
  /** Throws EventInvalid. */
  write(event: AnyEvent): WrittenEvent
  /** Upcasts to the latest version, then validates. Throws EventInvalid. */
  read(written: WrittenEvent): AnyEvent
  declares(type: string): boolean
}

export function declaredEvents(declaration: AggregateDeclaration): DeclaredEvents {
  const known = new Map(declaration.events.map((event) => [event.type, event]))
  const find = (type: string, version: number): EventDeclaration => {
    const found = known.get(type)
    if (found) return found
    throw new EventInvalid(type, version, '', `${declaration.context}/${declaration.aggregate} declares no such event`)
  }
  return {
    write({ type, data }) {
      const declared = find(type, 0)
      validate(declared, data)
      return { type, v: declared.version, data }
    },
    read({ type, v, data }) {
      const declared = find(type, v)
      const latest = upcast(declared, v, data)
      validate(declared, latest)
      return { type, data: latest }
    },
    declares: (type) => known.has(type),
  }
}

function upcast(declared: EventDeclaration, from: number, data: object): object {
  if (!Number.isInteger(from) || from > declared.version) {
    throw new EventInvalid(
      declared.type,
      from,
      '',
      `versions up to ${declared.version} are known here; deploy newer code`,
    )
  }
  let latest = data
  for (let version = from; version < declared.version; version++) {
    const step = declared.upcasts?.[version]
    if (!step)
      throw new EventInvalid(declared.type, from, '', `no upcast leads from version ${version} to ${version + 1}`)
    latest = step(latest)
  }
  return latest
}

// Compiled at first use, once per process: compiling costs milliseconds, checking microseconds.
const validators = new WeakMap<EventDeclaration, Validator>()

function validate(declared: EventDeclaration, data: object): void {
  const validator = validators.get(declared) ?? Compile(declared.schema)
  validators.set(declared, validator)
  if (validator.Check(data)) return
  const [first] = validator.Errors(data)
  const pointer = first?.instancePath ?? ''
  throw new EventInvalid(declared.type, declared.version, pointer, `rule "${first?.keyword ?? 'schema'}" does not hold`)
}

/** Finds the declaration by address; `aggregates` of @pf/contracts unless told. */
export function eventCatalogue(
  declarations: readonly AggregateDeclaration[] = aggregates,
): (at: { context: string; aggregate: string }) => DeclaredEvents {
  const byPlace = new Map(
    declarations.map((declaration) => [`${declaration.context}.${declaration.aggregate}`, declaredEvents(declaration)]),
  )
  return ({ context, aggregate }) => {
    const found = byPlace.get(`${context}.${aggregate}`)
    if (found) return found
    throw new EventInvalid('any', 0, '', `no aggregate ${context}/${aggregate} is declared`)
  }
}
