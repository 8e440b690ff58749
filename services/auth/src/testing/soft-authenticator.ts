import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import type { Rest } from '@pf/contracts'

/** What an authenticator and a browser may get wrong, or somebody who plays one. */
type Over = {
  origin?: string
  rpId?: string
  verified?: boolean
  type?: string
  userHandle?: string
  attestation?: unknown
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const hash = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const userPresent = 0x01
const userVerified = 0x04
const attested = 0x40

/** Of a device that is put away: enough to be it again. */
export type PutAway = { privateKey: string; id: string; userHandle: string; counter: number }

/** An authenticator in memory with one ES256 key, and the browser around it: bytes as WebAuthn (6.1, 6.5.1) lays them out. */
export class SoftAuthenticator {
  readonly #key: { privateKey: KeyObject; publicKey: KeyObject }
  readonly #origin: string
  readonly #id: Buffer
  #userHandle: string
  counter: number

  constructor(origin: string, before?: PutAway) {
    this.#origin = origin
    this.#key = before === undefined ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : pairOf(before.privateKey)
    this.#id = before === undefined ? randomBytes(16) : Buffer.from(before.id, 'base64url')
    this.#userHandle = before?.userHandle ?? ''
    this.counter = before?.counter ?? 0
  }

  putAway(): PutAway {
    const privateKey = this.#key.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')
    return { privateKey, id: this.credentialId, userHandle: this.#userHandle, counter: this.counter }
  }

  get credentialId(): string {
    return text(this.#id)
  }

  create(options: Rest.PasskeyCreation, over: Over = {}): Rest.PasskeyAttestation {
    this.#userHandle = options.user.id
    const { x = '', y = '' } = this.#key.publicKey.export({ format: 'jwk' })
    const coseKey = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.#id.length)
    const authData = Buffer.concat([
      this.#head(over.rpId ?? options.rp.id, over, attested),
      Buffer.alloc(16),
      length,
      this.#id,
      cbor(coseKey),
    ])
    const { fmt, attStmt } = (over.attestation ?? { fmt: 'none', attStmt: new Map() }) as Record<string, unknown>
    const object = new Map<string, unknown>([
      ['fmt', fmt],
      ['attStmt', attStmt],
      ['authData', authData],
    ])
    const clientDataJSON = this.#clientData(over.type ?? 'webauthn.create', options.challenge, over)
    const response = {
      clientDataJSON: text(clientDataJSON),
      attestationObject: text(cbor(object)),
      transports: ['usb'],
    }
    return { ...this.#named(), response }
  }

  /** Counts one on and signs. */
  get(options: Rest.PasskeyRequest, over: Over = {}): Rest.PasskeyAssertion {
    this.counter += 1
    const authData = this.#head(over.rpId ?? options.rpId, over)
    const clientDataJSON = this.#clientData(over.type ?? 'webauthn.get', options.challenge, over)
    const signature = sign('sha256', Buffer.concat([authData, hash(clientDataJSON)]), this.#key.privateKey)
    const userHandle = over.userHandle ?? this.#userHandle
    const signed = { authenticatorData: text(authData), signature: text(signature), userHandle }
    return { ...this.#named(), response: { clientDataJSON: text(clientDataJSON), ...signed } }
  }

  #named() {
    return { id: this.credentialId, rawId: this.credentialId, type: 'public-key' as const, clientExtensionResults: {} }
  }

  #head(rpId: string, { verified = true }: Over, more = 0): Buffer {
    const tail = Buffer.alloc(5)
    tail.writeUInt8(userPresent | (verified ? userVerified : 0) | more)
    tail.writeUInt32BE(this.counter, 1)
    return Buffer.concat([hash(rpId), tail])
  }

  #clientData(type: string, challenge: string, { origin = this.#origin }: Over): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  }
}

function pairOf(der: string) {
  const privateKey = createPrivateKey({ key: Buffer.from(der, 'base64url'), format: 'der', type: 'pkcs8' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** RFC 8949, as much of it as the above needs. */
function cbor(value: unknown): Buffer {
  const head = (major: number, size: number): Buffer =>
    size < 24
      ? Buffer.from([(major << 5) | size])
      : size < 256
        ? Buffer.from([(major << 5) | 24, size])
        : Buffer.from([(major << 5) | 25, size >> 8, size & 255])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  if (value instanceof Map)
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)])])
  throw new Error(`Found ${typeof value}, expected what an authenticator says.`)
}
