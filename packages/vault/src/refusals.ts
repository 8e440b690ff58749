/** The same name and meaning as @pf/eventing's `KeyMissing`; told apart by `name`, since neither package imports the other. */
export class KeyMissing extends Error {
  readonly code = 'key_missing'
  constructor(owner: string) {
    super(`No data key for ${owner}: it was erased, or never made.`)
    this.name = 'KeyMissing'
  }
}

/** Sealed bytes that do not open: altered, cut, moved to another place, or sealed under another key. */
export class SealBroken extends Error {
  readonly code = 'seal_broken'
  constructor(what: string, cause?: unknown) {
    super(`${what} does not open: expected the bytes as they were sealed, in the place they were sealed for.`, {
      cause,
    })
    this.name = 'SealBroken'
  }
}

export type MasterKeyProblem = 'master_key_missing' | 'master_key_open' | 'master_key_malformed' | 'master_key_wrong'

/** The master key cannot be used; the message says what was found and what to do. The start stops here. */
export class MasterKeyRefused extends Error {
  readonly code: MasterKeyProblem
  constructor(code: MasterKeyProblem, message: string) {
    super(message)
    this.name = 'MasterKeyRefused'
    this.code = code
  }
}
