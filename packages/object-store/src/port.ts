/**
 * One port for objects. Keys are relative paths of `[A-Za-z0-9_=.-]` segments joined by `/`; a store never leaves its
 * own folder or bucket prefix. A put is seen whole or not at all.
 */
export interface ObjectStore {
  /**
   * Writes an object, durably when it resolves. With `ifAbsent` an existing object stays as it is: `created` is false
   * and nothing was written. Without it an object is replaced and `created` is true.
   */
  put(key: string, body: Uint8Array, options?: { ifAbsent?: boolean }): Promise<{ created: boolean }>
  /** Throws ObjectNotFound. */
  get(key: string): Promise<Uint8Array>
  /** Writes the object to a local file, which is complete when this resolves. Throws ObjectNotFound. */
  download(key: string, path: string): Promise<void>
  /** Every object whose key begins with `prefix`, in no promised order; sizes in bytes; when each was written last. */
  list(prefix: string): AsyncIterable<StoredObject>
  /** An object that is not there is deleted already. */
  delete(key: string): Promise<void>
  /**
   * Deletes every object below `folder` (whole segments, without a slash at its end), and what torn writes left of such; in a
   * bucket that keeps versions, all of them. Answers how many objects there were.
   */
  deleteAll(folder: string): Promise<number>
}

export interface StoredObject {
  key: string
  size: number
  modifiedAt: Date
}

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export class ObjectNotFound extends Error {
  readonly code = 'object_not_found'
  readonly key: string

  constructor(key: string, options: { cause?: unknown } = {}) {
    super(`object_not_found: no object at ${key}; it was never written, or it was erased`, options)
    this.name = 'ObjectNotFound'
    this.key = key
  }
}

export class InvalidKey extends Error {
  readonly code = 'object_key_invalid'

  constructor(key: string) {
    super(
      `object_key_invalid: found ${JSON.stringify(key.slice(0, 200))}, expected segments of [A-Za-z0-9_=.-] joined by "/", ` +
        `without "." or ".." segments, at most ${MAX_KEY_LENGTH} characters; fix the caller`,
    )
    this.name = 'InvalidKey'
  }
}

export const MAX_KEY_LENGTH = 512

/** A dot-only segment could escape the folder, an empty one is stored differently by S3 implementations. */
const KEY = /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9_=.-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9_=.-]+)*$/

export function checkKey(key: string): string {
  if (key.length > MAX_KEY_LENGTH || !KEY.test(key)) throw new InvalidKey(key)
  return key
}

/** A prefix is the beginning of a key: nothing, whole segments, or a cut segment. */
export function checkPrefix(prefix: string): string {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix)
  return prefix
}
