import * as contracts from '@pf/contracts'
import { declaredEvents, EventInvalid } from './declared-events.ts'
import { counterEvents } from './testing/counter.ts'

const { read, write } = declaredEvents(counterEvents)

describe('an event of an older version', () => {
  it('is read as the latest', () => {
    expect(read({ type: 'Counted', v: 1, data: { n: 3 } })).toEqual({ type: 'Counted', data: { by: 3 } })
  })

  it('is validated as what it became', () => {
    expect(() => read({ type: 'Counted', v: 1, data: { n: 0 } })).toThrow(EventInvalid)
  })

  it('is refused where no step leads from it', () => {
    expect(() => read({ type: 'Counted', v: 0, data: { n: 3 } })).toThrow(/no upcast leads from version 0/)
  })
})

describe('an event that nobody declared', () => {
  it('is refused at both doors', () => {
    expect(() => write({ type: 'Forgotten', data: {} })).toThrow(/declares no such event/)
    expect(() => read({ type: 'Forgotten', v: 1, data: {} })).toThrow(/declares no such event/)
  })

  it('of a version yet to come asks for newer code', () => {
    expect(() => read({ type: 'Closed', v: 2, data: {} })).toThrow(/deploy newer code/)
  })
})

describe('the catalogue of all aggregates', () => {
  it('holds every declaration of the contracts', () => {
    const isDeclaration = (value: unknown): value is contracts.AggregateDeclaration =>
      typeof value === 'object' && value !== null && 'context' in value && 'aggregate' in value && 'events' in value
    const declared = Object.values(contracts).filter(isDeclaration)
    expect(declared.length).toBeGreaterThan(0)
    expect(new Set(contracts.aggregates)).toEqual(new Set(declared))
  })
})
