import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { ProviderKind } from './bank-feed.ts'
import { rsaKeyOf } from './enable-banking/index.ts'

const text = Type.String({ minLength: 1 })
/** Under the names that the API has for them. */
const GoCardlessKeys = Type.Object({ secret_id: text, secret_key: text })
const EnableBankingKeys = Type.Object({ application_id: text, private_key: text })

export type ProviderKeys =
  | { kind: 'gocardless'; secretId: string; secretKey: string }
  | { kind: 'enable-banking'; applicationId: string; privateKey: string }

/** Where the keys of an instance come from when the vault has none for it. */
export type KeySource = ProviderKeys | { kind: 'enable-banking'; applicationId: string; keyFile: string }

/** Keys that cannot be used; `detail` says what was found and expected, never a key. */
export class KeysInvalid extends Error {
  readonly code = 'keys_invalid'
  readonly detail: string

  constructor(detail: string) {
    super(`keys_invalid: ${detail}`)
    this.name = 'KeysInvalid'
    this.detail = detail
  }
}

const NAMES: Record<ProviderKind, string> = {
  gocardless: 'secret_id and secret_key',
  'enable-banking': 'application_id and private_key (PEM)',
}

/** Throws KeysInvalid for other names than the kind has, and for a private key that is none. */
export function keysOf(kind: ProviderKind, said: unknown): ProviderKeys {
  if (kind === 'gocardless' && Value.Check(GoCardlessKeys, said)) {
    return { kind, secretId: said.secret_id.trim(), secretKey: said.secret_key.trim() }
  }
  if (kind === 'enable-banking' && Value.Check(EnableBankingKeys, said)) {
    // A key pasted into one line has its ends written as "\n".
    return checked({
      kind,
      applicationId: said.application_id.trim(),
      privateKey: said.private_key.replaceAll('\\n', '\n'),
    })
  }
  throw new KeysInvalid(`A provider of the kind ${kind} takes ${NAMES[kind]}, both of them filled in.`)
}

function checked(keys: ProviderKeys): ProviderKeys {
  if (keys.kind === 'enable-banking') {
    try {
      rsaKeyOf(keys.privateKey)
    } catch (error) {
      throw new KeysInvalid(error instanceof TypeError ? error.message : 'The private key cannot be read.')
    }
  }
  return keys
}

/** Throws KeysInvalid where the file cannot be read, or holds no key. */
export async function fromFile(applicationId: string, keyFile: string): Promise<ProviderKeys> {
  let privateKey: string
  try {
    privateKey = await readFile(keyFile, 'utf8')
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown'
    throw new KeysInvalid(`The file with the private key of ${applicationId} cannot be read (${code}).`)
  }
  return checked({ kind: 'enable-banking', applicationId, privateKey })
}

/** As they are kept in the vault. */
export function plainOf(keys: ProviderKeys): Uint8Array {
  const said =
    keys.kind === 'gocardless'
      ? { secret_id: keys.secretId, secret_key: keys.secretKey }
      : { application_id: keys.applicationId, private_key: keys.privateKey }
  return new TextEncoder().encode(JSON.stringify(said))
}

/** Tells one set of keys from another without telling anything of them. */
export const digestOf = (keys: ProviderKeys): string => createHash('sha256').update(plainOf(keys)).digest('hex')
