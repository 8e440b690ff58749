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

/** The space is being moved to another installation: what it has can be read here, and nothing is added. */
export class SpaceHeld extends Error {
  readonly code = 'space_held'
  constructor(spaceId: string) {
    super(`Space ${spaceId} stands still: it is being moved to another installation.`)
    this.name = 'SpaceHeld'
  }
}

export type MasterKeyProblem =
  | 'master_key_missing'
  | 'master_key_open'
  | 'master_key_malformed'
  | 'master_key_wrong'
  | 'master_key_unreachable'

/** The master key cannot be used; the message says what was found and what to do. The start stops here. */
export class MasterKeyRefused extends Error {
  readonly code: MasterKeyProblem
  constructor(code: MasterKeyProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MasterKeyRefused'
    this.code = code
  }
}

/** What nobody may run beside. `why`: what would happen. */
export class VaultInUse extends Error {
  readonly code = 'vault_in_use'
  constructor(names: readonly string[], why: string) {
    super(
      `The system runs (${names.join(', ')}), and ${why}. Stop it, then try again; ` +
        'processes that were killed count as running for 20 s.',
    )
    this.name = 'VaultInUse'
  }
}

/** Processes that live and did not answer an erasure's word in time. */
export class HoldersSilent extends Error {
  readonly code = 'holders_silent'
  constructor(names: readonly string[]) {
    super(`Not every process has dropped its keys: ${names.join(', ')} did not answer. It is asked again.`)
    this.name = 'HoldersSilent'
  }
}

export type LedgerProblem = 'ledger_missing' | 'ledger_broken' | 'ledger_other' | 'ledger_old'

/** The erasure ledger is not the newest one of this installation; the message says what to do. The start stops here. */
export class LedgerRefused extends Error {
  readonly code: LedgerProblem
  constructor(code: LedgerProblem, message: string) {
    super(message)
    this.name = 'LedgerRefused'
    this.code = code
  }
}

export type RestoreProblem = 'restore_unfinished' | 'backup_newer' | 'move_unfinished'

/** What was restored into this vault is not whole, or cannot be; the message says what to do. */
export class RestoreRefused extends Error {
  readonly code: RestoreProblem
  constructor(code: RestoreProblem, message: string) {
    super(message)
    this.name = 'RestoreRefused'
    this.code = code
  }
}
