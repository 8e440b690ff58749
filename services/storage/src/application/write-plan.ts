import type { LakeFile, LedgerFile, ManifestFile } from '@pf/contracts'
import { inOrder } from '../domain/known-rows.ts'
import { decisions, heldRows, links, observations } from '../domain/lake.ts'
import type { Ledger } from '../domain/ledger.ts'
import type { LedgerPlan } from '../domain/ledger-plan.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { Lake, LakePlace } from './ports.ts'

/** Observations before the steps that name them, and all before the event. An empty file is no file. */
export async function writePlan(plan: LedgerPlan, place: LakePlace, lake: Lake): Promise<LedgerFile[]> {
  const files: LedgerFile[] = []
  if (plan.observations.length > 0) files.push(await lake.write(observations, place, plan.observations))
  if (plan.decisions.length > 0) files.push(await lake.write(decisions, place, plan.decisions))
  if (plan.links.length > 0) files.push(await lake.write(links, place, plan.links))
  if (plan.held.length > 0) files.push(await lake.write(heldRows, place, plan.held))
  return files
}

/**
 * The rows at hand move on by what was just appended; where another replica appended it, they are read again. `ours` and
 * `theirs`: the files of the plan, and those that the log names.
 */
export function settle(
  account: { spaceId: string; accountId: string },
  ledger: Ledger,
  { plan, ours, theirs }: { plan: LedgerPlan; ours: readonly ManifestFile[]; theirs: readonly ManifestFile[] },
  rows: LedgerRows,
): void {
  const same = theirs.length === ours.length && theirs.every((file, i) => file.key === ours[i]?.key)
  const { decisions: decided, links: linked, observations: observed, held } = plan
  if (same) rows.advance(account, ledger, { steps: inOrder(decided, linked), observations: observed, held })
  else rows.forget(account)
}

/** Events that were released before there were links name files of the datasets of their day. */
export function asLakeFile({ dataset, ...file }: LedgerFile): LakeFile {
  if (dataset === 'links') throw new Error('A file of links cannot be named by this event.')
  return { ...file, dataset }
}
