export type Clock = { now(): number }

export type Ids = { uuid(): string }

/** What the bank remembers. A commit is all or nothing and is on disk when it returns; `null` forgets a key. */
export type Store = {
  get<T>(key: string): T | undefined
  list<T>(prefix: string): T[]
  keys(): string[]
  commit(changes: Record<string, unknown>): void
}
