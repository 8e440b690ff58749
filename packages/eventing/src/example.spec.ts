import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AggregateDeclaration, type EventOf, event, refuse } from '@pf/contracts'
import { Type } from 'typebox'
import { createCommandHandler } from './command-handler.ts'
import { createMemoryLog, createMemoryProjectionStore } from './memory/index.ts'
import { change, projection } from './projection.ts'
import { runProjection } from './run-projection.ts'
import { systemClock, systemIds } from './system.ts'
import { openSealer } from './testing/sealer.ts'

const from = '  // The example of the README begins here.\n'
const to = '  // And ends here.\n'

it('the example of the README does what it says', async () => {
  // The example of the README begins here.
  // Declared once: what may be appended under evt.storage.jar.<space>.<id>.
  const Paid = event('Paid', 1, { amountMinor: Type.Integer() })
  const jarEvents = { context: 'storage', aggregate: 'jar', events: [Paid] } as const satisfies AggregateDeclaration
  type JarEvent = EventOf<typeof Paid>

  // The rules: pure. Kept beside the log every 50 messages; `shape` rises with the state.
  type Jar = { balanceMinor: number }
  const jar = {
    ...jarEvents,
    snapshot: { shape: 1 },
    decider: {
      initial: { balanceMinor: 0 },
      decide({ amountMinor }: { amountMinor: number }, { balanceMinor }: Jar): JarEvent[] {
        if (balanceMinor + amountMinor < 0) throw refuse('conflict', 'There is not that much in the jar.')
        return amountMinor === 0 ? [] : [{ type: 'Paid', data: { amountMinor } }]
      },
      evolve: ({ balanceMinor }: Jar, { data }: JarEvent): Jar => ({ balanceMinor: balanceMinor + data.amountMinor }),
    },
  }

  // A read model: the fold of all jars, one row each.
  type Row = { jarId: string; spaceId: string; balanceMinor: number }
  const jars = projection<JarEvent, Row>({
    name: 'jars',
    version: 1,
    context: 'storage',
    table: {
      name: 'jar',
      columns: { jarId: 'text', spaceId: 'text', balanceMinor: 'bigint' },
      key: ['jarId'],
      space: 'spaceId',
    },
    on: {
      Paid: ({ amountMinor }, { aggregateId: jarId, spaceId }) =>
        change({ jarId }, (row) => ({ jarId, spaceId, balanceMinor: (row?.balanceMinor ?? 0) + amountMinor })),
    },
  })

  // In production `openJetStreamLog`, `createPostgresProjectionStore` and the vault's keys take these places.
  const parts = {
    log: createMemoryLog({ clock: systemClock }),
    sealer: openSealer(),
    clock: systemClock,
    ids: systemIds,
  }
  const handler = createCommandHandler(jar, parts)
  const store = createMemoryProjectionStore()
  const onError = (error: unknown) => process.stderr.write(`${error}\n`)
  const running = runProjection(jars, { ...parts, store, declarations: [jarEvents], onError })

  const at = { spaceId: 'space-1', aggregateId: 'jar-1' }
  await handler.handle(at, { amountMinor: 500 }, { commandId: 'pay-in' })
  const { position } = await handler.handle(at, { amountMinor: -200 }, { commandId: 'pay-out' })
  await handler.handle(at, { amountMinor: -200 }, { commandId: 'pay-out' }) // one command id, one effect
  await running.reader.caughtUpTo(position!, 5_000) // read your own writes
  const rows = await running.reader.find({ where: { spaceId: 'space-1' } })
  await running.stop()
  // And ends here.
  expect(rows).toEqual([{ jarId: 'jar-1', spaceId: 'space-1', balanceMinor: 300 }])
  await expect(handler.handle(at, { amountMinor: -301 }, { commandId: 'too-much' })).rejects.toMatchObject({
    code: 'conflict',
  })
})

it('the example is the one that the README shows', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const shown = /```ts\n(.*?)```/s.exec(readme)?.[1]
  const source = readFileSync(join(import.meta.dirname, 'example.spec.ts'), 'utf8')
  const run = source.slice(source.lastIndexOf(from, source.indexOf('const Paid')) + from.length)
  const lines = run.slice(0, run.indexOf(to)).split('\n')
  expect(shown).toBe(lines.map((line) => line.replace(/^ {2}/, '')).join('\n'))
})
