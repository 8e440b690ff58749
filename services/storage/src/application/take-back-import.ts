import { type InputOf, type Principal, type Rest, refuse, type requests } from '@pf/contracts'
import { letGo } from '../domain/held-rows.ts'
import { planTakenBack } from '../domain/import-plan.ts'
import { decisions, links } from '../domain/lake.ts'
import type { Imported, WordEvent } from '../domain/ledger.ts'
import { accountsOf } from './accounts-of.ts'
import { viewIdOf } from './decide-held.ts'
import { importedView } from './imported-view.ts'
import type { Parts } from './parts.ts'
import { contextFor } from './plan-statement.ts'
import { type Account, type Present, presentOf } from './present.ts'
import { takeWord } from './take-word.ts'

/** Newest first, those taken back as well. */
export async function importsOf(parts: Parts, spaceId: string): Promise<Rest.Import[]> {
  const accounts = await accountsOf(parts, spaceId)
  const all = await Promise.all(accounts.map(async (account) => (await presentOf(account, parts)).ledger.imports))
  return all
    .flat()
    .sort((a, b) => (a.importedAt < b.importedAt ? 1 : -1))
    .map(importedView)
}

/**
 * Payments that only this file told are gone from every answer; what another source or another file tells goes on by that
 * word. The file itself is kept, and can be imported again. Repeating it changes nothing. Throws `import_not_found`.
 */
export async function takeBackImport(
  parts: Parts,
  { id, commandId }: InputOf<typeof requests.storage.takeBackImport>,
  { spaceId, userId }: Principal,
): Promise<object> {
  const { account, imported } = await findImport(parts, spaceId, id)
  if (imported.takenBackAt !== undefined) return {}
  const name = parts.idOf('taken back', id)
  const at = parts.clock.now().toISOString()
  await takeWord(
    account,
    { name, commandId },
    async (present) => {
      const context = contextFor(account, name, { at }, present, parts)
      const words = wordsOn(imported, present)
      const told = await onlyTold(parts, imported, present)
      for (const heldId of words) told.add(viewIdOf({ held_id: heldId }, parts))
      const { plan, gone } = planTakenBack(viewsOfPayments(present, told), { told, source: imported.source }, context)
      for (const row of present.held.values()) {
        if (row.raw_key === imported.raw.key) letGo(plan, row, { fetchedAt: at }, context)
      }
      const by = { accountId: account.accountId, decidedBy: userId, decidedAt: at }
      return {
        plan,
        events: (files, decisionSeq): WordEvent[] => [
          ...words.map((heldId): WordEvent => {
            const data = { ...by, heldId, files: [], decisionSeq }
            return { type: 'HeldDecisionTakenBack', data }
          }),
          { type: 'ImportTakenBack', data: { ...by, importId: id, gone, files, decisionSeq } },
        ],
      }
    },
    parts,
  )
  return {}
}

async function findImport(
  parts: Parts,
  spaceId: string,
  importId: string,
): Promise<{ account: Account; imported: Imported }> {
  for (const account of await accountsOf(parts, spaceId)) {
    const { ledger } = await presentOf(account, parts)
    const imported = ledger.imports.find((one) => one.importId === importId)
    if (imported !== undefined) return { account, imported }
  }
  throw refuse('import_not_found', 'There is no such import. GET /imports lists them.')
}

/** Held rows of the file on which the user said something: that word goes with the file. */
function wordsOn({ raw }: Imported, { held, ledger }: Present): string[] {
  return Object.keys(ledger.words).filter((heldId) => held.get(heldId)?.raw_key === raw.key)
}

/** Views that this file told and no other file of its kind that stands. */
async function onlyTold(parts: Parts, imported: Imported, { ledger }: Present): Promise<Set<string>> {
  const told = await toldBy(parts, imported)
  for (const other of ledger.imports) {
    const stands = other.takenBackAt === undefined && other.source === imported.source
    if (!stands || other.importId === imported.importId) continue
    for (const view of await toldBy(parts, other)) told.delete(view)
  }
  return told
}

/** Views of its own kind that the steps of an import speak of. Its files may be those of others by now. */
async function toldBy({ lake }: Parts, { importId, files, source }: Imported): Promise<Set<string>> {
  const views = new Set<string>()
  for (const file of files) {
    if (file.dataset === 'decisions') {
      for (const row of await lake.read(decisions, file, ['sync_id', 'transaction_id']))
        if (row.sync_id === importId) views.add(row.transaction_id)
    }
    if (file.dataset === 'links') {
      for (const row of await lake.read(links, file, ['sync_id', 'view_id', 'source']))
        if (row.sync_id === importId && row.source === source) views.add(row.view_id)
    }
  }
  return views
}

/** All views of the payments that these views are of. */
function viewsOfPayments({ rows }: Present, viewIds: ReadonlySet<string>) {
  const payments = new Set([...viewIds].flatMap((id) => rows.view(id)?.transactionId ?? []))
  return rows.viewsOf(payments)
}
