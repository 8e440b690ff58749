import type { ParseArgsOptionsConfig } from 'node:util'
import type { Installation } from './installation.ts'
import type { Terminal } from './terminal.ts'

export type Options = Readonly<Record<string, string | boolean | undefined>>

export type Command = {
  /** After `npm run log -- `. */
  readonly usage: string
  readonly about: string
  readonly options: ParseArgsOptionsConfig
  /** Words that may follow the command: least and most. */
  readonly words: readonly [number, number]
  /** Whether it may make an installation where there is none yet. */
  readonly makes?: boolean
  /** Whether it writes messages of its own: as another user of the broker. */
  readonly writes?: boolean
  /** Answers the exit code: 0, or 1 where something is not as it should be. */
  run(given: { words: readonly string[]; options: Options }, around: Around): Promise<number>
}

export type Around = { installation: Installation; terminal: Terminal }

export const textOf = (options: Options, name: string): string | undefined => {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
