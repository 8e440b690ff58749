import { Injectable } from '@angular/core'
import { Problem } from './problem.ts'
import type { PasskeyAssertion, PasskeyAttestation, PasskeyCreation, PasskeyRequest } from './types.ts'

/**
 * The browser's part of passkeys (WebAuthn): it asks the device, and the device asks its owner. The library that knows the
 * ways of all browsers is loaded when it is needed.
 */
@Injectable({ providedIn: 'root' })
export class Authenticator {
  /** Browsers have it on https and on localhost alone. */
  readonly present = typeof PublicKeyCredential === 'function'

  /** Throws Problem: `passkey_known` where the device has one of this user, `passkey_unused` where the person (or time) ended it. */
  create(optionsJSON: PasskeyCreation): Promise<PasskeyAttestation> {
    return told(async () => (await library()).startRegistration({ optionsJSON }))
  }

  /** Throws Problem: `passkey_unused`. */
  get(optionsJSON: PasskeyRequest): Promise<PasskeyAssertion> {
    return told(async () => (await library()).startAuthentication({ optionsJSON }))
  }
}

const library = () => import('@simplewebauthn/browser')

/** Browsers say by names what happened (WebAuthn, 5.1.3): they do not tell "cancelled" from "there was none". */
async function told<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (name === 'InvalidStateError') throw new Problem({ status: 0, code: 'passkey_known' })
    if (['NotAllowedError', 'AbortError'].includes(name)) throw new Problem({ status: 0, code: 'passkey_unused' })
    throw new Problem({
      status: 0,
      code: 'passkey_failed',
      detail: error instanceof Error ? error.message : String(error),
    })
  }
}
