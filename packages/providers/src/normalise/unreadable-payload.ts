/** A body that is not what its endpoint promises; nothing of it can be used. */
export class UnreadablePayload extends Error {
  readonly code = 'payload_unreadable'

  constructor(found: string, expected: string) {
    super(`payload_unreadable: found ${found}, expected ${expected}; keep the raw response and report the bank`)
    this.name = 'UnreadablePayload'
  }
}
