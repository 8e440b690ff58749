import { Type } from 'typebox'
import { Value } from 'typebox/value'

/** Where small things outlive the process, sealed. */
export interface Records {
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, plain: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
  /** Runs alone among all processes that use this name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
}

const LinkRecord = Type.Object({
  institutionId: Type.String(),
  /** Known once the code was exchanged; it is what the API asks for, while the link keeps the authorization's id. */
  sessionId: Type.Optional(Type.String()),
  accounts: Type.Array(Type.String()),
})
export type LinkRecord = Type.Static<typeof LinkRecord>

const AccountRecord = Type.Object({ linkId: Type.String(), institutionId: Type.String() })
export type AccountRecord = Type.Static<typeof AccountRecord>

/**
 * What has to be known of a link beside its id: the code of a return can be used once, so the session that it gave is kept
 * before anything else happens; and an account's handle alone does not say which bank's headers it needs.
 */
export interface LinkRecords {
  link(linkId: string): Promise<LinkRecord | undefined>
  saveLink(linkId: string, record: LinkRecord): Promise<void>
  account(uid: string): Promise<AccountRecord | undefined>
  /** The link and its accounts. */
  forget(linkId: string): Promise<void>
  oneAtATime<T>(linkId: string, work: () => Promise<T>): Promise<T>
}

export function linkRecords(provider: string, records: Records): LinkRecords {
  const linkName = (linkId: string) => `provider/${provider}/link/${linkId}`
  const accountName = (uid: string) => `provider/${provider}/account/${uid}`
  const write = (name: string, record: object) => records.write(name, new TextEncoder().encode(JSON.stringify(record)))
  const read = async (name: string): Promise<unknown> => {
    const plain = await records.read(name)
    return plain === undefined ? undefined : JSON.parse(new TextDecoder().decode(plain))
  }
  const link = async (linkId: string) => {
    const kept = await read(linkName(linkId))
    return Value.Check(LinkRecord, kept) ? kept : undefined
  }
  return {
    link,
    async saveLink(linkId, record) {
      // The session first: without it the consent could not be read, nor ended.
      await write(linkName(linkId), record)
      for (const uid of record.accounts) {
        await write(accountName(uid), { linkId, institutionId: record.institutionId } satisfies AccountRecord)
      }
    },
    async account(uid) {
      const kept = await read(accountName(uid))
      return Value.Check(AccountRecord, kept) ? kept : undefined
    },
    async forget(linkId) {
      for (const uid of (await link(linkId))?.accounts ?? []) await records.delete(accountName(uid))
      await records.delete(linkName(linkId))
    },
    oneAtATime: (linkId, work) => records.exclusively(linkName(linkId), work),
  }
}
