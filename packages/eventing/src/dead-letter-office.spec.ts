import { DomainError, refuse } from '@pf/contracts'
import { createCommandHandler } from './command-handler.ts'
import { EventInvalid } from './declared-events.ts'
import { isHopeless } from './hopeless.ts'
import { createMemoryDeadLetters, createMemoryLog } from './memory/index.ts'
import { KeyMissing, SealBroken } from './ports.ts'
import { reaction, runReaction } from './reaction.ts'
import { systemClock, systemIds } from './system.ts'
import { type CounterEvent, counter, counterEvents } from './testing/counter.ts'
import { eventually, openSealer } from './testing/index.ts'

const at = { spaceId: 'space', aggregateId: 'one' }

/** A reaction that fails as `failing` says; `done`: what it has done, by command. */
function house() {
  const log = createMemoryLog({ clock: systemClock, backoffMs: () => 0 })
  const sealer = openSealer()
  const deadLetters = createMemoryDeadLetters()
  const state = { failing: undefined as (() => unknown) | undefined, attempts: 0 }
  const done: string[] = []
  const laid: object[] = []
  const definition = reaction<CounterEvent>({
    name: 'sender',
    context: 'connection',
    giveUpAfter: 7,
    async handle({ commandId }) {
      if (commandId === 'sick' && state.failing) {
        state.attempts++
        throw state.failing()
      }
      done.push(commandId)
    },
  })
  const handler = createCommandHandler(counter, { log, sealer, clock: systemClock, ids: systemIds })
  return {
    log,
    sealer,
    deadLetters,
    state,
    done,
    laid,
    command: (commandId: string) => handler.handle(at, { type: 'Count', by: 1 }, { commandId }),
    run: () =>
      runReaction(definition, {
        log,
        sealer,
        deadLetters,
        declarations: [counterEvents],
        onError: () => undefined,
        onDeadLetter: (letter) => laid.push(letter),
      }),
  }
}

describe('a message that can but fail', () => {
  it('is set aside after its attempts with an alarm, and the next ones are handled', async () => {
    const { command, deadLetters, done, laid, run, state } = house()
    state.failing = () => new EventInvalid('Counted', 3, '/by', 'versions up to 2 are known here')
    await command('sick')
    await command('well')
    const running = await run()
    await eventually(async () => expect(await deadLetters.list()).toHaveLength(1))
    const reason = 'EventInvalid: Event Counted v3 is not as declared at "/by": versions up to 2 are known here.'
    expect(laid).toEqual([
      expect.objectContaining({ reaction: 'sender', seq: 1, eventId: 'sick', attempts: 7, reason }),
    ])
    expect([state.attempts, done]).toEqual([7, ['well']])
    await running.stop()
    // It was acknowledged: another process is not given it again.
    const again = await run()
    await command('later')
    await eventually(() => expect(done).toEqual(['well', 'later']))
    await again.stop()
    expect(state.attempts).toBe(7)
  })

  it('is repeated when an operator asks, and lies where it lay while it fails', async () => {
    const { command, deadLetters, done, run, state } = house()
    state.failing = () => new TypeError('of a program')
    await command('sick')
    const running = await run()
    await eventually(async () => expect(await deadLetters.list()).toHaveLength(1))
    const [{ id, reason } = { id: '', reason: '' }] = await deadLetters.list()
    expect(reason).toMatch(/^TypeError at dead-letter-office\.spec\.ts:\d+$/)
    state.failing = () => new Error('the bank is away')
    await deadLetters.ask(id)
    await eventually(async () => expect(await deadLetters.list()).toMatchObject([{ id, attempts: 8, isAsked: false }]))
    state.failing = undefined
    await deadLetters.ask(id)
    await eventually(async () => expect(await deadLetters.list()).toEqual([]))
    expect(done).toEqual(['sick'])
    await running.stop()
  })

  it('is forgotten when it is repeated after its erasure', async () => {
    const { command, deadLetters, log, run, state } = house()
    state.failing = () => new TypeError('of a program')
    await command('sick')
    const running = await run()
    await eventually(async () => expect(await deadLetters.list()).toHaveLength(1))
    await log.purge({ context: 'connection', spaceId: 'space' }, async () => undefined)
    await deadLetters.ask((await deadLetters.list())[0]!.id)
    await eventually(async () => expect(await deadLetters.list()).toEqual([]))
    await running.stop()
  })
})

describe('a message whose failure may pass', () => {
  it('is tried for ever', async () => {
    const { command, deadLetters, done, laid, run, state } = house()
    state.failing = () => refuse('unavailable', 'The bank does not answer.')
    await command('sick')
    const running = await run()
    await eventually(() => expect(state.attempts).toBeGreaterThan(40))
    expect([await deadLetters.list(), laid]).toEqual([[], []])
    state.failing = undefined
    await eventually(() => expect(done).toEqual(['sick']))
    await running.stop()
  })

  it('has its attempts not counted against it when it is hopeless once', async () => {
    const { command, deadLetters, run, state } = house()
    state.failing = () => {
      if (state.attempts === 30) return new EventInvalid('Counted', 3, '', 'a newer one')
      if (state.attempts === 31) state.failing = undefined
      return new DomainError('overloaded', 'Later.')
    }
    await command('sick')
    const running = await run()
    await eventually(() => expect(state.failing).toBeUndefined())
    await running.stop()
    expect(await deadLetters.list()).toEqual([])
  })
})

it.each([
  ['an event that is not as declared', new EventInvalid('A', 1, '', 'no'), true],
  ['a broken seal', new SealBroken('key'), true],
  ['input that is refused in itself', refuse('invalid_input', 'No.'), true],
  ['a fault of a program', new TypeError('x is undefined'), true],
  ['a network that is away', new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }), false],
  ['a refusal for now', refuse('quota_exhausted', 'Tomorrow.'), false],
  ['a connection that is not active', refuse('connection_not_active', 'Renew it.'), false],
  ['an erased space', new KeyMissing('space'), false],
  ['whatever else', new Error('ECONNRESET'), false],
])('%s is judged', (_, error, hopeless) => {
  expect(isHopeless(error)).toBe(hopeless)
})
