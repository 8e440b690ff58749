/** Wrong words on the command line: what was found, what is expected. Ends with exit code 2. */
export class UsageError extends Error {}

/** Something that keeps a command from its work, in words for the operator. Ends with exit code 1. */
export class CommandFailed extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommandFailed'
    this.code = code
  }
}
