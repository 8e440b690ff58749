import type { LedgerEvent, ManifestFile } from '@pf/contracts'
import type { Clock, CommandHandler } from '@pf/eventing'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { Ledger, LedgerCommand } from '../domain/ledger.ts'
import type { Account } from './present.ts'
import type { RemadeLake } from './remake-lake.ts'

export type ReplayParts = {
  objects: ObjectStore
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  clock: Clock
  /** `compareLake`, here or wherever there is a processor for it. */
  compare(account: Account): Promise<Compared>
  /** Accounts compared at a time. */
  lanes: number
  onAccount?(account: Account, compared: Compared): void
}
export type CompareParts = {
  objects: ObjectStore
  hashOf(bytes: Uint8Array): string
  /** Makes an account's lake again, beside the one that there is. */
  remake(account: Account): Promise<RemadeLake>
}

/** What the lake lacks of what was made lies here, key by key as in the lake itself. */
export const besideFolder = 'replay/beside/'
const doneFolder = 'replay/done/'

/**
 * How a file that the log names compares with the one that was made. `same`: byte for byte, `rows`: as many rows in other
 * bytes (an older writer's), `other`: not as many, or none. `intact`: the lake has it, and it is what the log says.
 */
type ComparedFile = { named: ManifestFile; remade?: ManifestFile; is: 'same' | 'rows' | 'other'; intact: boolean }
export type Compared = { files: ComparedFile[]; problems: string[] }
export type Replayed = {
  accounts: number
  files: number
  rows: number
  same: number
  differ: number
  /** Put back under its own key; or, in other bytes, in its place. */
  restored: number
  /** Not in the lake, and not to be made from what was kept. */
  lost: string[]
  problems: string[]
}

/**
 * The lake from the raw zone: made again beside the old one, compared file by file (SHA-256 and rows), and then switched to
 * where the old one is not what the log says. Files that are right stay as they are, and syncs go on all the while. Done
 * accounts are remembered: after a kill the same call goes on where it was.
 */
export async function replayLake(parts: ReplayParts, spaceId?: string): Promise<Replayed> {
  const { objects } = parts
  const total: Replayed = { accounts: 0, files: 0, rows: 0, same: 0, differ: 0, restored: 0, lost: [], problems: [] }
  const accounts = await accountsWithRaw(objects, spaceId)
  const waiting = [...accounts]
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      add(total, await comparedOnce(next, parts))
  }
  await Promise.all(Array.from({ length: parts.lanes }, lane))
  for (const account of accounts) {
    const { files, problems } = await comparedOnce(account, parts)
    // Where a step could not be repeated, as many rows are not the same rows.
    const trusted = files.filter(({ is }) => is === 'same' || (is === 'rows' && problems.length === 0))
    for (const file of files) await switchTo(file, trusted.includes(file), { account, parts, total })
  }
  await removeAll(objects, 'replay/')
  return total
}

/** The raw zone itself says whose lakes there are, and how much was told of each: the largest first. */
export async function accountsWithRaw(
  objects: Pick<ObjectStore, 'list'>,
  spaceId?: string,
): Promise<(Account & { rawBytes: number })[]> {
  const found = new Map<string, Account & { rawBytes: number }>()
  for await (const { key, size } of objects.list(spaceId === undefined ? 'raw/' : `raw/${spaceId}/`)) {
    const [, space = '', accountId = ''] = key.split('/')
    const { rawBytes = 0 } = found.get(`${space}/${accountId}`) ?? {}
    found.set(`${space}/${accountId}`, { spaceId: space, accountId, rawBytes: rawBytes + size })
  }
  return [...found.values()].sort((a, b) => b.rawBytes - a.rawBytes)
}

async function comparedOnce(account: Account, parts: ReplayParts): Promise<Compared> {
  const key = `${doneFolder}${account.spaceId}/${account.accountId}.json`
  try {
    return JSON.parse(Buffer.from(await parts.objects.get(key)).toString('utf8')) as Compared
  } catch (error) {
    if (!(error instanceof ObjectNotFound)) throw error
  }
  const compared = await parts.compare(account)
  await parts.objects.put(key, Buffer.from(JSON.stringify(compared)))
  parts.onAccount?.(account, compared)
  return compared
}

/** Of one account, file by file. What the lake lacks, and was made, is kept below `besideFolder` when this ends. */
export async function compareLake(account: Account, parts: CompareParts): Promise<Compared> {
  const { files, problems, bytesOf } = await parts.remake(account)
  const compared: ComparedFile[] = []
  for (let n = 0; n < files.length; n += filesAtOnce) {
    const some = files.slice(n, n + filesAtOnce).map(async ({ named, remade }): Promise<ComparedFile> => {
      const is = remade?.sha256 === named.sha256 ? 'same' : remade?.rows === named.rows ? 'rows' : 'other'
      const intact = await isIntact(named, parts)
      const bytes = remade === undefined || intact ? undefined : bytesOf(remade.key)
      if (bytes !== undefined) await parts.objects.put(`${besideFolder}${remade!.key}`, bytes)
      return { named, ...(remade === undefined ? {} : { remade }), is, intact }
    })
    compared.push(...(await Promise.all(some)))
  }
  return { files: compared, problems }
}

/** Small ones, mostly: what they take is the way to the object store and back. */
const filesAtOnce = 8

async function isIntact({ key, sha256 }: ManifestFile, { objects, hashOf }: CompareParts): Promise<boolean> {
  try {
    return hashOf(await objects.get(key)) === sha256
  } catch (error) {
    if (error instanceof ObjectNotFound) return false
    throw error
  }
}

function add(total: Replayed, { files, problems }: Compared): void {
  total.accounts++
  total.files += files.length
  total.rows += files.reduce((rows, { named }) => rows + named.rows, 0)
  total.same += files.filter(({ is }) => is === 'same').length
  total.differ += files.filter(({ is }) => is !== 'same').length
  total.problems.push(...problems)
}

/** What the lake lacks comes from the one beside it: the very file, or one with its rows that takes its place. */
async function switchTo(
  { named, remade, intact }: ComparedFile,
  trusted: boolean,
  { account, parts, total }: { account: Account; parts: ReplayParts; total: Replayed },
): Promise<void> {
  const { objects, ledgers, clock } = parts
  const { spaceId, accountId } = account
  if (intact) return
  if (remade === undefined || !trusted) {
    total.lost.push(named.key)
    return
  }
  await objects.put(remade.key, await objects.get(`${besideFolder}${remade.key}`))
  total.restored++
  if (remade.key === named.key) return
  const compactions = [{ file: remade, replaced: [named.key] }]
  const command = { type: 'CompactFiles' as const, accountId, compactions, compactedAt: clock.now().toISOString() }
  await ledgers.handle({ spaceId, aggregateId: accountId }, command, { commandId: `replay-${remade.key}` })
}

async function removeAll(objects: ObjectStore, prefix: string): Promise<void> {
  for await (const { key } of objects.list(prefix)) await objects.delete(key)
}
