export type BackupProblem =
  | 'folder_not_empty'
  | 'backup_missing'
  | 'backup_damaged'
  | 'backup_newer'
  | 'backup_unsteady'
  | 'target_not_empty'
  | 'objects_missing'
  | 'objects_not_copied'

/** A backup that cannot be taken or restored: what was found, what was expected, what to do. */
export class BackupRefused extends Error {
  readonly code: BackupProblem
  constructor(code: BackupProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupRefused'
    this.code = code
  }
}
