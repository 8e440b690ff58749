import type { RelyingParty } from '@pf/service-kit'
import type { Ceremonies } from '../application/passkeys.ts'

/** Loaded with the first passkey: 200 files and 5 MB of heap, with what it reads of certificates, that many never need. */
const library = async () => ({
  ...(await import('@simplewebauthn/server')),
  ...(await import('@simplewebauthn/server/helpers')),
})
type Library = Awaited<ReturnType<typeof library>>

/** ES256, EdDSA, RS256 (RFC 9053): what authenticators have, in the order in which we would have it. */
const algorithms = [-7, -8, -257]

/** WebAuthn (level 3) by SimpleWebAuthn, for one relying party. */
export function webauthn({ id: rpId, origin }: RelyingParty): Ceremonies {
  const expected = { expectedOrigin: origin, expectedRPID: rpId, requireUserVerification: true }
  return {
    creation: ({ challenge, user, known, timeoutMs }) => ({
      rp: { id: rpId, name: 'Personal Finances' },
      user: { id: text(user.handle), name: user.name, displayName: user.name },
      challenge: text(challenge),
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      timeout: timeoutMs,
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        id: credentialId,
        type: 'public-key',
        transports,
      })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
    }),

    request: ({ challenge, timeoutMs }) => ({
      rpId,
      challenge: text(challenge),
      timeout: timeoutMs,
      userVerification: 'required',
    }),

    async challengeOf(clientDataJson) {
      const { decodeClientDataJSON } = await library()
      try {
        const { challenge } = decodeClientDataJSON(clientDataJson)
        return typeof challenge === 'string' ? challenge : undefined
      } catch {
        // Not the JSON of a browser: it answers nothing.
        return undefined
      }
    },

    created: (credential, challenge) =>
      orFault(async () => {
        const simple = await library()
        assertNoAttestation(credential.response.attestationObject, simple)
        const { verified, registrationInfo } = await simple.verifyRegistrationResponse({
          response: { ...credential, clientExtensionResults: {}, response: credential.response },
          expectedChallenge: challenge,
          supportedAlgorithmIDs: algorithms,
          ...expected,
        })
        if (!verified) return { fault: 'its attestation does not hold' }
        const { id, publicKey, counter } = registrationInfo.credential
        const transports = credential.response.transports ?? []
        return { credentialId: id, publicKey, counter, transports, synced: registrationInfo.credentialBackedUp }
      }),

    asserted: (credential, challenge, { credentialId, publicKey }) =>
      orFault(async () => {
        const { verifyAuthenticationResponse, isoBase64URL } = await library()
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: { ...credential, clientExtensionResults: {} },
          expectedChallenge: challenge,
          // The counter is compared where it is kept, so that of two at once one alone goes on.
          credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: 0 },
          ...expected,
        })
        if (!verified) return { fault: 'its signature does not hold' }
        const { newCounter: counter, credentialBackedUp: synced } = authenticationInfo
        const { userHandle } = credential.response
        if (userHandle === undefined) return { fault: 'it does not say whose it is' }
        return { counter, synced, userHandle: isoBase64URL.toBuffer(userHandle) }
      }),
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/**
 * We ask for no attestation, and browsers send none but a key's own signature. Certificates would be read, and what they
 * name as revocation list fetched, at an address that whoever made them chose.
 */
function assertNoAttestation(
  attestationObject: string,
  { decodeAttestationObject, isoBase64URL }: Pick<Library, 'decodeAttestationObject' | 'isoBase64URL'>,
): void {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
  const [format, statement] = [decoded.get('fmt'), decoded.get('attStmt')]
  if ((format !== 'none' && format !== 'packed') || statement.get('x5c') !== undefined)
    throw new Error(`Found an attestation (${String(format).slice(0, 32)}), expected none.`)
}

/** The library says by an error why it takes something for wrong; whatever was sent, it is the sender's fault. */
async function orFault<T>(verify: () => Promise<T>): Promise<T | { fault: string }> {
  try {
    return await verify()
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
