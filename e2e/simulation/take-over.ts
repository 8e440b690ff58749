import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

export type Taken = {
  /** What was reached for since, each once. */
  reached: readonly string[]
  giveBack(): void
}

type Patch = { on: object; name: string; instead: unknown }

/**
 * Takes clocks, timers, chance and network from everything in this process: what reaches for one of them throws and is
 * written down, so that nothing which a seed does not decide goes unnoticed. Loading of modules has to be done by then.
 */
export function takeOver(): Taken {
  const reached: string[] = []
  const refuse = (what: string): never => {
    const from = new Error(what).stack?.split('\n')[3]?.trim() ?? ''
    const told = `${what} ${from}`
    if (!reached.includes(told)) reached.push(told)
    throw new Error(`${what} was reached for in a simulation: take it from a port. ${from}`)
  }
  const refused = (what: string) => () => refuse(what)
  const { Date: RealDate } = globalThis
  class GivenDate extends RealDate {
    constructor(...args: [value?: number | string | Date, ...rest: number[]]) {
      if (args.length === 0) refuse('new Date()')
      // The types of Date's overloads end here: any arguments but none are its own.
      super(...(args as [number]))
    }
    static override now = refused('Date.now')
  }
  const on = (object: object, prefix: string, names: readonly string[]): Patch[] =>
    names.map((name) => ({ on: object, name, instead: refused(`${prefix}${name}`) }))
  const restores = [
    { on: globalThis, name: 'Date', instead: GivenDate },
    ...on(globalThis, '', ['setTimeout', 'setInterval', 'setImmediate', 'fetch']),
    ...on(Math, 'Math.', ['random']),
    ...on(performance, 'performance.', ['now']),
    ...on(AbortSignal, 'AbortSignal.', ['timeout']),
    ...on(globalThis.crypto, 'crypto.', ['randomUUID', 'getRandomValues']),
    ...on(nodeCrypto, 'node:crypto ', ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync']),
  ].map(replace)
  syncBuiltinESMExports()
  return {
    reached,
    giveBack() {
      for (const restore of restores) restore()
      syncBuiltinESMExports()
    },
  }
}

function replace({ on, name, instead }: Patch): () => void {
  const own = Object.getOwnPropertyDescriptor(on, name)
  Object.defineProperty(on, name, { configurable: true, writable: true, enumerable: true, value: instead })
  return () => {
    if (own === undefined) Reflect.deleteProperty(on, name)
    else Object.defineProperty(on, name, own)
  }
}
