import { contexts } from '@pf/contracts'
import { expectThat } from './oracle-failure.ts'
import type { Outside } from './processes.ts'
import { allReadModels } from './read-model-oracle.ts'

/** What an erasure leaves nothing of. */
export type Erased = {
  oracle: string
  spaceId: string
  /** Accounts whose keys are gone; with `isSpace` the space's own, too. */
  accountIds: readonly string[]
  isSpace: boolean
  /** Everything that was ever said of it. */
  subjects: ReadonlySet<string>
  /** Ids of which neither a subject, nor a row, nor an object's key may tell. */
  names: readonly string[]
}

/** Nothing of it is in the log, in a read model, among objects or in a process, now and on every later day. */
export async function expectErased(outside: Outside, erased: Erased): Promise<void> {
  const { broker, readModels, objects } = outside
  const { oracle, subjects, names } = erased
  const tells = (text: string) => names.some((name) => text.includes(name))
  for (const context of contexts) {
    const left = broker.messagesOf(context).filter((message) => message && tells(message.subject))
    expectThat(oracle, left.length === 0, () => `${left.length} messages in ${context}, one of ${left[0]?.subject}`)
  }
  for (const subject of subjects) {
    const [messages, snapshot] = [await broker.log.load(subject), await broker.log.snapshots.find(subject)]
    expectThat(oracle, messages.length === 0 && snapshot === undefined, () => `the log still has ${subject}`)
  }
  for (const projection of allReadModels) {
    const rows = await (await readModels.store.attach(projection)).reader().find({ where: {} })
    const left = rows.filter((row) => tells(JSON.stringify(row)))
    expectThat(oracle, left.length === 0, () => `${left.length} rows in ${projection.name}`)
  }
  const keys = [...objects.kept.keys()].filter(tells)
  expectThat(oracle, keys.length === 0, () => `${keys.length} objects, one of them ${keys[0]}`)
  await expectKeysGone(outside, erased)
}

async function expectKeysGone(
  { openVault, installation }: Outside,
  { oracle, spaceId, accountIds, isSpace }: Erased,
): Promise<void> {
  const rings = [...installation.living(), { process: 'the vault', keys: openVault().keys }]
  for (const { process, keys: ring } of rings) {
    const sealing = [
      ...(isSpace ? [ring.seal(spaceId, new Uint8Array(), '')] : []),
      ...accountIds.map((id) => ring.sealObject(spaceId, id, new Uint8Array())),
    ]
    for (const one of await Promise.allSettled(sealing)) {
      const isMissing = one.status === 'rejected' && one.reason instanceof Error && one.reason.name === 'KeyMissing'
      expectThat(oracle, isMissing, () => `${process} has a key of what was erased`)
    }
  }
}

/** Of one erasure: said once, each range before the end, the end once and last. The ledger itself checks its chain. */
export async function expectLedgerWhole({ installation }: Outside, erasureId: string): Promise<void> {
  const entries = await installation.ledger.entries()
  const facts = entries.flatMap((entry) => ('erasureId' in entry && entry.erasureId === erasureId ? entry.fact : []))
  const middle = facts.slice(1, -1)
  const isWhole = facts[0] === 'erasing' && facts.at(-1) === 'erased' && middle.every((fact) => fact === 'purging')
  expectThat('the erasure ledger is whole', isWhole, () => facts.join(', '))
}
