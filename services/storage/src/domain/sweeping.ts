import { type Ledger, manifestOf } from './ledger.ts'

export type SweepBounds = {
  /** A replaced file stays so long for those who read it by a manifest of before. */
  replacedForMs: number
  /** A file that nothing names stays so long: whoever wrote it may still be about to name it. */
  orphanForMs: number
}

type LakeObject = { key: string; modifiedAt: Date }
/** `named`, `replaced` a while ago, `young`; `waiting`: its sync may still be stored, and would name it then. */
export type Standing = 'named' | 'replaced' | 'young' | 'waiting' | 'orphan'

/** How an object under `lake/` stands to the ledger of its account: an `orphan`, and one `replaced` long ago, may go. */
export function standingIn(ledger: Ledger, bounds: SweepBounds, now: Date): (object: LakeObject) => Standing {
  const named = new Set(manifestOf(ledger).map(({ key }) => key))
  const settled = settledIn(ledger)
  const ageOf = (since: Date) => now.getTime() - since.getTime()
  return ({ key, modifiedAt }) => {
    if (named.has(key)) return 'named'
    const replacedAt = ledger.replaced[key]
    if (replacedAt !== undefined) return ageOf(new Date(replacedAt)) < bounds.replacedForMs ? 'young' : 'replaced'
    if (ageOf(modifiedAt) < bounds.orphanForMs) return 'young'
    return settled(key) ? 'orphan' : 'waiting'
  }
}

/**
 * Whether what wrote a file is in the ledger, so that nothing will ever name the file: a sync, an import, a decision is taken
 * in once. A joined file is written under a name that is used once. Of all else nobody can tell, and it stays: the same
 * rows are the same key, and an attempt after a long stop would name it.
 */
function settledIn({ transactions, balances, logged, imports, identity }: Ledger): (key: string) => boolean {
  const stored = new Set(transactions)
  const stated = new Set(balances)
  const logs = new Set(logged)
  const words = new Set([...imports.map(({ importId }) => importId), ...identity.map(({ decisionId }) => decisionId)])
  return (key) => {
    const { dataset, name } = partsOf(key)
    if (name.startsWith('joined-') || words.has(name)) return true
    if (dataset === 'syncs') return logs.has(name)
    if (dataset === 'balances') return stated.has(name)
    // Held rows come of transactions and of balances.
    if (dataset === 'held') return stored.has(name) && stated.has(name)
    return stored.has(name)
  }
}

const lakeFileKey =
  /^lake\/(?<dataset>\w+)\/space=(?<spaceId>[^/]+)\/account=(?<accountId>[^/]+)\/day=[^/]+\/(?<name>.+)-[0-9a-f]{8}\.parquet$/

function partsOf(key: string): { dataset: string; name: string } {
  const { dataset = '', name = '' } = lakeFileKey.exec(key)?.groups ?? {}
  return { dataset, name }
}

/** Whose a lake file is; undefined for what storage would not write. */
export function accountOfKey(key: string): { spaceId: string; accountId: string } | undefined {
  const { spaceId, accountId } = lakeFileKey.exec(key)?.groups ?? {}
  return spaceId === undefined || accountId === undefined ? undefined : { spaceId, accountId }
}
