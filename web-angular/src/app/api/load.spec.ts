import { until } from '../../testing/server.ts'
import { Following, Load } from './load.ts'
import { Problem } from './problem.ts'

const refused = new Problem({ status: 503, code: 'unavailable' })

describe('a load', () => {
  it('is idle, loading, ready', async () => {
    const load = new Load(async () => 1)
    expect(load.state()).toEqual({ status: 'idle' })
    const done = load.load()
    expect(load.state()).toEqual({ status: 'loading', value: undefined })
    await done
    expect(load.state()).toEqual({ status: 'ready', value: 1 })
  })

  it('keeps its figures when a refresh fails', async () => {
    let fail = false
    const load = new Load(async () => {
      if (fail) throw refused
      return 1
    })
    await load.load()
    fail = true
    await load.refresh()
    expect(load.state()).toEqual({ status: 'failed', problem: refused, value: 1 })
  })

  it('asks once more for any number of news that come meanwhile, from the newest position', async () => {
    const asked: (string | undefined)[] = []
    const open: (() => void)[] = []
    const load = new Load(({ logPosition }) => {
      asked.push(logPosition)
      return new Promise<number>((resolve) => open.push(() => resolve(asked.length)))
    })
    const first = load.load()
    const later = [load.refresh('5'), load.refresh('6'), load.refresh('7')]
    open[0]?.()
    await until(() => open.length === 2)
    open[1]?.()
    await Promise.all([first, ...later])
    expect(asked).toEqual([undefined, '7'])
    expect(load.value()).toBe(2)
  })

  it('drops the answer to a question that was replaced', async () => {
    const open: ((value: string) => void)[] = []
    const load = new Load(() => new Promise<string>((resolve) => open.push(resolve)))
    const first = load.load()
    const second = load.load()
    open[1]?.('new')
    open[0]?.('old')
    await Promise.all([first, second])
    expect(load.value()).toBe('new')
  })

  it('shows answers that come together one a task, so that each can be drawn by itself', async () => {
    const loads = [1, 2, 3].map((value) => new Load(async () => value))
    const ready = () => loads.filter(({ state }) => state().status === 'ready').length
    // The turn of whoever came before is over.
    await new Promise((resolve) => setTimeout(resolve))
    const all = Promise.all(loads.map((load) => load.load()))
    // No timer comes between microtasks.
    for (let step = 0; step < 100; step++) await Promise.resolve()
    expect(ready()).toBe(1)
    await all
    expect(ready()).toBe(3)
  })

  it('lets an error that is no problem of the API through', async () => {
    await expect(new Load(() => Promise.reject(new TypeError('a bug'))).load()).rejects.toThrow('a bug')
  })
})

describe('a load that waits for another’s answer', () => {
  it('fails with it, and tries again by asking it', async () => {
    let fail = true
    const first = new Load(async () => {
      if (fail) throw refused
      return 1
    })
    const card = new Following(first, new Load(async () => 2))
    expect(card.state()).toEqual({ status: 'idle' })
    await first.load()
    expect(card.state()).toEqual({ status: 'failed', problem: refused })
    fail = false
    await card.refresh()
    expect(first.value()).toBe(1)
    expect(card.state()).toEqual({ status: 'idle' })
  })

  it('stands for itself once it has begun', async () => {
    const first = new Load<number>(async () => {
      throw refused
    })
    const load = new Load(async () => 2)
    const card = new Following(first, load)
    await load.load()
    await first.load()
    expect(card.state()).toEqual({ status: 'ready', value: 2 })
  })
})
