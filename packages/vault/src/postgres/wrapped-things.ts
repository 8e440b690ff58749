import { place as placeOfKey, wrappingKey } from '../key-ring.ts'
import { placeOfSecret, secretsKey } from '../secret-box.ts'

/** How many of each were wrapped anew. */
export type Rewrapped = { keys: number; secrets: number; signingKeys: number; secondFactors: number }

/** The columns that name a row. */
export type Name = Readonly<Record<string, string>>

/** What lies in the vault under the master key: rows by their names, bytes that are bound to them. */
export type Wrapped = {
  as: keyof Rewrapped
  table: string
  column: string
  /** Columns of the primary key. */
  by: readonly string[]
  keyOf(masterKey: Uint8Array): ReturnType<typeof wrappingKey>
  placeOf(name: Name): string
}

export const wrappedThings: readonly Wrapped[] = [
  {
    as: 'keys',
    table: 'keys',
    column: 'wrapped',
    by: ['space_id', 'account_id', 'root_id'],
    keyOf: wrappingKey,
    placeOf: ({ space_id: spaceId = '', account_id: accountId = '', root_id: rootId = '' }) =>
      placeOfKey({ spaceId, accountId, rootId }),
  },
  {
    as: 'secrets',
    table: 'secrets',
    column: 'sealed',
    by: ['name'],
    keyOf: secretsKey,
    placeOf: ({ name = '' }) => placeOfSecret(name),
  },
  {
    as: 'signingKeys',
    table: 'signing_keys',
    column: 'sealed_private_jwk',
    by: ['kid'],
    keyOf: secretsKey,
    // As auth names them to `SecretBox.seal`.
    placeOf: ({ kid = '' }) => placeOfSecret(`signing-key/${kid}`),
  },
  {
    as: 'secondFactors',
    table: 'totp',
    column: 'sealed_secret',
    by: ['user_id'],
    keyOf: secretsKey,
    placeOf: ({ user_id: userId = '' }) => placeOfSecret(`totp/${userId}`),
  },
]
