import type { PasskeyAssertion, PasskeyAttestation } from '../app/api/types.ts'

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer
const asked = (name: string) => Object.assign(new Error(name), { name })

/**
 * Stands where the browser's passkeys are, which jsdom has none of: `create` and `get` answer what a device would, or throw
 * by the name that a browser would.
 */
export function device(answer: 'answers' | 'NotAllowedError' | 'InvalidStateError' = 'answers'): { stop: () => void } {
  const credential = (response: object) => async () => {
    if (answer !== 'answers') throw asked(answer)
    const id = 'a2V5'
    return { id, rawId: bytes('key'), type: 'public-key', response, getClientExtensionResults: () => ({}) }
  }
  const clientDataJSON = bytes('{}')
  const made = { clientDataJSON, attestationObject: bytes('made'), getTransports: () => ['internal'] }
  const got = { clientDataJSON, authenticatorData: bytes('data'), signature: bytes('signed'), userHandle: bytes('sam') }
  const before = Object.getOwnPropertyDescriptor(navigator, 'credentials')
  const value = { create: credential(made), get: credential(got) }
  Object.defineProperty(navigator, 'credentials', { value, configurable: true })
  Object.assign(globalThis, { PublicKeyCredential: class {} })
  return {
    stop() {
      Reflect.deleteProperty(globalThis, 'PublicKeyCredential')
      if (before === undefined) Reflect.deleteProperty(navigator, 'credentials')
      else Object.defineProperty(navigator, 'credentials', before)
    },
  }
}

/** What is sent of what the device above answers. */
export const sent: { get: PasskeyAssertion; create: PasskeyAttestation } = {
  get: {
    id: 'a2V5',
    rawId: 'a2V5',
    type: 'public-key',
    clientExtensionResults: {},
    response: { clientDataJSON: 'e30', authenticatorData: 'ZGF0YQ', signature: 'c2lnbmVk', userHandle: 'c2Ft' },
  },
  create: {
    id: 'a2V5',
    rawId: 'a2V5',
    type: 'public-key',
    clientExtensionResults: {},
    response: { clientDataJSON: 'e30', attestationObject: 'bWFkZQ', transports: ['internal'] },
  },
}
