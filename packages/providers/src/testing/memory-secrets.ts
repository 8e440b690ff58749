import type { ProviderSecrets } from '../open-instance.ts'

/** The vault's part for specs: a map that several adapters share. */
export function memorySecrets(): ProviderSecrets & { names(): string[] } {
  const kept = new Map<string, Uint8Array>()
  let turn: Promise<unknown> = Promise.resolve()
  return {
    names: () => [...kept.keys()].toSorted(),
    read: async (name) => kept.get(name),
    write: async (name, plain) => void kept.set(name, plain),
    delete: async (name) => void kept.delete(name),
    exclusively<T>(_name: string, work: () => Promise<T>) {
      const mine = turn.then(work)
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}
