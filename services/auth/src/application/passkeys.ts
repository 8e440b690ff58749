import {
  type InputOf,
  networkOf,
  type PasskeyEvent,
  type Principal,
  type Rest,
  refuse,
  type requests,
  systemSpace,
} from '@pf/contracts'
import { type Clock, type CommandHandler, type Ids, sha256 } from '@pf/eventing'
import type { Passkey, PasskeyCommand } from '../domain/passkey.ts'
import { actorOf, sessionAlone } from './api-tokens.ts'
import { type Attempts, letThrough } from './attempts.ts'
import type { Audit } from './audit.ts'
import type { Client } from './client.ts'
import type { Challenges } from './second-factor.ts'

/** What an authenticator made: the public half of a key pair, and how often it has signed. */
export type PasskeyKey = {
  credentialId: string
  /** COSE (RFC 9052), as the authenticator gave it. */
  publicKey: Uint8Array
  counter: number
  transports: string[]
  synced: boolean
}
export type KeptPasskey = PasskeyKey & {
  id: string
  userId: string
  name: string
  createdAt: Date
  lastUsedAt: Date | null
}

/** What the vault keeps of passkeys. Primary data: in no event. */
export interface PasskeyStore {
  /** `full`: the user has `limit` already, of however many asked for at once; `known`: somebody has this very key. */
  add(passkey: KeptPasskey, limit: number): Promise<'added' | 'full' | 'known'>
  /** The user's, the newest first. */
  of(userId: string): Promise<KeptPasskey[]>
  byCredential(credentialId: string): Promise<KeptPasskey | undefined>
  /**
   * Notes that it signed. False where its counter has not gone on since the last time, of however many at once; an
   * authenticator that does not count says 0 for ever.
   */
  used(id: string, signed: { counter: number; synced: boolean }, now: Date): Promise<boolean>
  /** Undefined where the user has none of this id. */
  rename(userId: string, id: string, name: string): Promise<KeptPasskey | undefined>
  /** False where the user has none of this id. */
  remove(userId: string, id: string): Promise<boolean>
  /** Deletes every one of the user, and their bytes. */
  deleteOf(userId: string): Promise<void>
}

/** Both ceremonies of WebAuthn for one relying party. A `fault` tells an operator what was wrong, and callers nothing. */
export interface Ceremonies {
  creation(asked: {
    challenge: Uint8Array
    user: { handle: Uint8Array; name: string }
    known: readonly KeptPasskey[]
    timeoutMs: number
  }): Rest.PasskeyCreation
  request(asked: { challenge: Uint8Array; timeoutMs: number }): Rest.PasskeyRequest
  /** Which challenge it answers, as a text; undefined where that cannot be read. */
  challengeOf(clientDataJson: string): Promise<string | undefined>
  created(credential: Rest.PasskeyAttestation, challenge: string): Promise<PasskeyKey | { fault: string }>
  asserted(
    credential: Rest.PasskeyAssertion,
    challenge: string,
    key: KeptPasskey,
  ): Promise<{ counter: number; synced: boolean; userHandle: Uint8Array } | { fault: string }>
}

export type PasskeysParts = {
  passkeys: CommandHandler<Passkey, PasskeyCommand, PasskeyEvent>
  store: PasskeyStore
  challenges: Challenges
  /** Undefined where there are none: they are another provider's (`elsewhere`), or browsers make none for this address. */
  ceremonies: Ceremonies | undefined
  elsewhere: boolean
  findUser: (userId: string) => Promise<{ spaceId: string; username: string } | undefined>
  audit: Pick<Audit, 'record'>
  /** Throws bad_credentials, too_many_attempts. */
  checkPassword: (principal: Principal, password: string) => Promise<void>
  attempts: Attempts
  /** Told why a passkey was refused. */
  onFault: (fault: string) => void
  clock: Clock
  ids: Ids
  randomBytes(count: number): Uint8Array
}

export const maxPasskeys = 20
/** Of log-ins begun, by network: each leaves a challenge. */
const begunLogins = { limit: 100, windowMs: 10 * 60_000 }
/** As long as WebAuthn recommends (15.1) for somebody who has to find the key first. */
const ceremonyMs = 5 * 60_000
const ofRegistration = 'passkey_new'
const ofLogin = 'passkey_login'

/** Keys of a person's devices: each signs its owner in by itself, since it asks for a finger, a face or a PIN. */
export class Passkeys {
  readonly #parts: PasskeysParts

  constructor(parts: PasskeysParts) {
    this.#parts = parts
  }

  get offered(): boolean {
    return this.#parts.ceremonies !== undefined
  }

  async list({ userId }: Principal): Promise<{ items: Rest.Passkey[] }> {
    return { items: (await this.#parts.store.of(userId)).map(viewOf) }
  }

  /** Throws scope_missing, passkeys_off, bad_credentials, too_many_attempts, passkeys_full, unauthenticated. */
  async begin(principal: Principal, { password }: { password: string }): Promise<Rest.PasskeyCreation> {
    const { checkPassword, findUser, store } = this.#parts
    sessionAlone(principal)
    const ceremonies = this.#ceremonies()
    const { userId } = principal
    await checkPassword(principal, password)
    const user = await findUser(userId)
    if (user === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    const known = await store.of(userId)
    if (known.length >= maxPasskeys) throw full()
    const challenge = await this.#ask(ofRegistration, userId)
    const asked = { handle: handleOf(userId), name: user.username }
    return ceremonies.creation({ challenge, user: asked, known, timeoutMs: ceremonyMs })
  }

  /** The event stands before the passkey works. Throws scope_missing, passkeys_off, passkey_invalid, passkeys_full. */
  async register(
    principal: Principal,
    { name, credential }: InputOf<typeof requests.auth.registerPasskey>,
  ): Promise<Rest.Passkey> {
    const { audit, clock, ids, onFault, store } = this.#parts
    sessionAlone(principal)
    const ceremonies = this.#ceremonies()
    const { userId } = principal
    const challenge = await this.#answered(credential.response.clientDataJSON, ofRegistration, userId)
    if (challenge === undefined) throw invalid()
    const key = await ceremonies.created(credential, challenge)
    if ('fault' in key) {
      onFault(key.fault)
      throw invalid()
    }
    const kept: KeptPasskey = { ...key, id: ids.uuid(), userId, name, createdAt: clock.now(), lastUsedAt: null }
    await this.#tell(principal, kept.id, {
      type: 'RegisterPasskey',
      passkeyId: kept.id,
      userId,
      name,
      registeredAt: kept.createdAt.toISOString(),
    })
    const outcome = await store.add(kept, maxPasskeys)
    if (outcome !== 'added') {
      await this.#tellRemoved(principal, kept.id)
      throw outcome === 'full' ? full() : invalid()
    }
    await audit.record({ action: 'passkey_changed', ...actorOf(principal) })
    return viewOf(kept)
  }

  /** Throws scope_missing, passkey_not_found. */
  async rename(principal: Principal, { id, name }: { id: string; name: string }): Promise<Rest.Passkey> {
    const { clock, store } = this.#parts
    sessionAlone(principal)
    const { userId } = principal
    const renamed = await store.rename(userId, id, name)
    if (renamed === undefined) throw notFound()
    const renamedAt = clock.now().toISOString()
    await this.#tell(principal, id, { type: 'RenamePasskey', passkeyId: id, userId, name, renamedAt })
    return viewOf(renamed)
  }

  /** It stops first, then it is told. Throws scope_missing, bad_credentials, too_many_attempts, passkey_not_found. */
  async remove(principal: Principal, { id, password }: { id: string; password: string }): Promise<object> {
    const { audit, checkPassword, store } = this.#parts
    sessionAlone(principal)
    await checkPassword(principal, password)
    if (!(await store.remove(principal.userId, id))) throw notFound()
    await this.#tellRemoved(principal, id)
    await audit.record({ action: 'passkey_changed', ...actorOf(principal) })
    return {}
  }

  /** The same for everybody: nothing is asked about who it will be. Throws passkeys_off, too_many_attempts. */
  async beginLogin({ address }: { address: string }): Promise<Rest.PasskeyRequest> {
    const ceremonies = this.#ceremonies()
    await letThrough(this.#parts, `passkey login ${networkOf(address)}`, begunLogins)
    return ceremonies.request({ challenge: await this.#ask(ofLogin, null), timeoutMs: ceremonyMs })
  }

  /** Whose it is. Every refusal is the same one. Throws passkeys_off, passkey_refused. */
  async proven(credential: Rest.PasskeyAssertion, client: Client): Promise<string> {
    const { audit, clock, findUser, onFault, store } = this.#parts
    const ceremonies = this.#ceremonies()
    const challenge = await this.#answered(credential.response.clientDataJSON, ofLogin, null)
    if (challenge === undefined) throw refused()
    const key = await store.byCredential(credential.id)
    const signed =
      key === undefined ? { fault: 'nobody has this passkey' } : await ceremonies.asserted(credential, challenge, key)
    const user = key && (await findUser(key.userId))
    const fault =
      'fault' in signed ? signed.fault : isOf(signed.userHandle, key?.userId) ? undefined : 'it is of another user'
    if (fault !== undefined || 'fault' in signed || key === undefined || user === undefined) {
      onFault(fault ?? 'its user is not known any more')
      // As for a wrong password: sealed by the installation's key, whoever was meant.
      const meant = key && { userId: key.userId, spaceId: systemSpace }
      await audit.record({ action: 'sign_in_failed', user: meant, client })
      throw refused()
    }
    if (!(await store.used(key.id, signed, clock.now()))) {
      onFault(`its counter is ${signed.counter}, which is not beyond the last one: it may have been copied`)
      await audit.record({ action: 'passkey_copied', user: { userId: key.userId, spaceId: user.spaceId }, client })
      throw refused()
    }
    return key.userId
  }

  forgetOf(userId: string): Promise<void> {
    return this.#parts.store.deleteOf(userId)
  }

  #ceremonies(): Ceremonies {
    const { ceremonies, elsewhere } = this.#parts
    if (ceremonies !== undefined) return ceremonies
    throw refuse(
      'passkeys_off',
      elsewhere
        ? 'Passkeys are made where you sign in, at the identity provider.'
        : 'Browsers make no passkeys for this address: PUBLIC_URL has to be https with a name, or localhost.',
    )
  }

  async #ask(kind: string, userId: string | null): Promise<Uint8Array> {
    const { challenges, clock, randomBytes } = this.#parts
    const challenge = randomBytes(32)
    const expiresAt = new Date(clock.now().getTime() + ceremonyMs)
    await challenges.add({ hash: hashOf(Buffer.from(challenge).toString('base64url')), kind, userId, expiresAt })
    return challenge
  }

  /** The challenge that was answered, which is over by that; undefined where it is none that stands for this user. */
  async #answered(clientDataJson: string, kind: string, userId: string | null): Promise<string | undefined> {
    const { challenges, clock } = this.#parts
    const challenge = await this.#ceremonies().challengeOf(clientDataJson)
    if (challenge === undefined) return undefined
    const hash = hashOf(challenge)
    const found = await challenges.tried(hash, kind, clock.now(), 1)
    if (found === undefined || found.userId !== userId) return undefined
    return (await challenges.take(hash, kind, clock.now())) ? challenge : undefined
  }

  async #tell({ spaceId }: Principal, id: string, command: PasskeyCommand): Promise<void> {
    const once = command.type === 'RenamePasskey' ? `rename-${id}-${command.renamedAt}` : `${command.type}-${id}`
    await this.#parts.passkeys.handle({ spaceId, aggregateId: id }, command, { commandId: once })
  }

  #tellRemoved(principal: Principal, id: string): Promise<void> {
    const removedAt = this.#parts.clock.now().toISOString()
    return this.#tell(principal, id, { type: 'RemovePasskey', passkeyId: id, userId: principal.userId, removedAt })
  }
}

/** What an authenticator keeps of its owner: our id of them, which says nothing to anybody else. */
const handleOf = (userId: string): Uint8Array => new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'))
const isOf = (handle: Uint8Array, userId = ''): boolean => Buffer.from(handle).equals(handleOf(userId))
const hashOf = (challenge: string): string => sha256(`passkey ${challenge}`)
const invalid = () =>
  refuse(
    'passkey_invalid',
    'This passkey cannot be kept: what was sent answers no question of ours that stands. Begin again.',
  )
const refused = () =>
  refuse(
    'passkey_refused',
    'This passkey opens nothing here, or the attempt is over. Try again, or sign in with your password.',
  )
const notFound = () =>
  refuse('passkey_not_found', 'You have no passkey of this id. GET /auth/passkeys lists those you have.')
const full = () =>
  refuse('passkeys_full', `You have ${maxPasskeys} passkeys, and that is the most. Remove one that is not used.`)

const viewOf = ({ id, name, createdAt, lastUsedAt, synced }: KeptPasskey): Rest.Passkey => ({
  id,
  name,
  created_at: createdAt.toISOString(),
  last_used_at: lastUsedAt?.toISOString() ?? null,
  synced,
})
