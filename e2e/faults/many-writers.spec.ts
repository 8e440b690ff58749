import { readHistory } from '@pf/eventing'
import { openSealer } from '@pf/eventing/testing'
import { spaceId, tallyEvents } from './programs/tally.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { ackedBy, expectEveryCommandOnce } from './staging/ledger.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('many-writers')
const names = ['one', 'two', 'three', 'four']
const commands = 60

describe(`many processes that write one aggregate (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('one is accepted per version, also where one of them is killed and says it all again', async () => {
    const broker = await stage.broker()
    const log = await broker.openLog()
    const crew = stage.crew(broker)
    const write = (name: string) => crew.writer({ name, tallies: ['only'], commands, width: 4 })
    const writers = new Map(names.map((name) => [name, write(name)]))
    const victim = chance.one(names)
    await writers.get(victim)?.says('acked', chance.between(5, 30))
    await writers.get(victim)?.kill()
    const early = ackedBy(...writers.values())
    writers.set(victim, write(victim))
    for (const writer of writers.values()) await writer.says('done')
    const acked = [...new Set([...early, ...ackedBy(...writers.values())])]
    expect(acked).toHaveLength(names.length * commands)
    await expectEveryCommandOnce(log, ['only'], acked)
    const history = await readHistory(tallyEvents, { spaceId, aggregateId: 'only' }, { log, sealer: openSealer() })
    expect(history.map(({ version }) => version)).toEqual(acked.map((_, n) => n + 1))
  }, 120_000)
})
