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
  hashOf(bytes: Uint8Array): string
  /** Makes an account's lake again under `besideFolder`. */
  remake(account: Account): Promise<RemadeLake>
  onAccount?(account: Account, compared: Compared): void
}

/** The lake that is made lies here, key by key as in the lake itself. */
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
  for (const account of accounts) add(total, await comparedOnce(account, parts))
  for (const account of accounts) {
    const { files, problems } = await comparedOnce(account, parts)
    // Where a step could not be repeated, as many rows are not the same rows.
    const trusted = files.filter(({ is }) => is === 'same' || (is === 'rows' && problems.length === 0))
    for (const file of files) await switchTo(file, trusted.includes(file), { account, parts, total })
  }
  await removeAll(objects, 'replay/')
  return total
}

/** The raw zone itself says whose lakes there are. */
export async function accountsWithRaw(objects: ObjectStore, spaceId?: string): Promise<Account[]> {
  const found = new Map<string, Account>()
  for await (const { key } of objects.list(spaceId === undefined ? 'raw/' : `raw/${spaceId}/`)) {
    const [, space = '', accountId = ''] = key.split('/')
    found.set(`${space}/${accountId}`, { spaceId: space, accountId })
  }
  return [...found.values()]
}

async function comparedOnce(account: Account, parts: ReplayParts): Promise<Compared> {
  const key = `${doneFolder}${account.spaceId}/${account.accountId}.json`
  try {
    return JSON.parse(Buffer.from(await parts.objects.get(key)).toString('utf8')) as Compared
  } catch (error) {
    if (!(error instanceof ObjectNotFound)) throw error
  }
  const compared = await compare(account, parts)
  await parts.objects.put(key, Buffer.from(JSON.stringify(compared)))
  parts.onAccount?.(account, compared)
  return compared
}

async function compare(account: Account, parts: ReplayParts): Promise<Compared> {
  const { files, problems } = await parts.remake(account)
  const compared: ComparedFile[] = []
  for (const { named, remade } of files) {
    const is = remade?.sha256 === named.sha256 ? 'same' : remade?.rows === named.rows ? 'rows' : 'other'
    const intact = await isIntact(named, parts)
    compared.push({ named, ...(remade === undefined ? {} : { remade }), is, intact })
  }
  return { files: compared, problems }
}

async function isIntact({ key, sha256 }: ManifestFile, { objects, hashOf }: ReplayParts): Promise<boolean> {
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
