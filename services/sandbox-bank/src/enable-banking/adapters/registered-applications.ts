import { createPublicKey, generateKeyPair, type KeyObject, verify } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The application that is there from the start. */
export const DEMO_APPLICATION = 'sandbox'

export type Applications = {
  /** Whether this text was signed (RS256) with the key of this application. False for one that is not registered. */
  signed(applicationId: string, text: string, signature: string): boolean
}

/**
 * The registered applications: `<application id>.pem` in the folder, an RSA key in PEM, public or private. The demo's own,
 * `sandbox.pem`, is made at the first start, as the real control panel makes a private key for its user to take away.
 * @throws where a file is there and holds no RSA key.
 */
export async function openApplications(folder: string): Promise<Applications> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = keyFileOf(folder, DEMO_APPLICATION)
  if (!existsSync(own)) await makeKey(own)
  readKey(own)
  return {
    signed: (applicationId, text, signature) => {
      const path = keyFileOf(folder, applicationId)
      if (!/^[A-Za-z0-9-]{1,64}$/.test(applicationId) || !existsSync(path)) return false
      return verify('RSA-SHA256', Buffer.from(text), readKey(path), Buffer.from(signature, 'base64url'))
    },
  }
}

const keyFileOf = (folder: string, applicationId: string) => join(folder, `${applicationId}.pem`)

async function makeKey(path: string): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  writeFileSync(`${path}.next`, privateKey, { mode: 0o600 })
  renameSync(`${path}.next`, path)
}

function readKey(path: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPublicKey(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Error(`${path}: found no key that can be read, expected an RSA key in PEM; remove the file`, { cause })
  }
  if (key.asymmetricKeyType === 'rsa') return key
  throw new Error(`${path}: found a key of the kind ${key.asymmetricKeyType}, expected RSA; remove the file`)
}
