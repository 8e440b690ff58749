import type { RawMessage } from '@pf/eventing'

/** Somebody beside the first person, of whom something is erased on one of the days while everybody goes on. */
export interface Departure {
  /** A key for the space, as whoever registers a user makes one. */
  createKey(): Promise<void>
  connect(): void
  live(day: number, days: number): void
  /** Told of each message as it lands. */
  saw(message: RawMessage): void
  /** Whether it is of what is being erased: nothing is promised of it any more. */
  isOf(subject: string): boolean
  /** Whether an error says of what is being erased what has to be said of it. */
  explains(name: string, message: string): boolean
  check(settled: boolean): Promise<void>
}

/** Errors that work on something may meet while it is erased under it. */
export const metWhileErasing: ReadonlySet<string> = new Set(['KeyMissing', 'ObjectNotFound'])
