/** `find` stands in `file` exactly once. */
export type Plant = { file: string; find: string; replace: string }

/** A test that passes as it is and has to fail with the defect planted. `test`: its whole name, as Jest tells it. */
export type CatchingTest = { project: 'unit' | 'integration'; spec: string; test: string }

/** A planted defect: a guard of production code switched off. */
export type Mutant = Plant & {
  name: string
  /** Other guards that hide this one from whoever catches it: switched off with it. */
  and?: readonly Plant[]
  /** Days of a seed, where those that the tool simulates are too few. */
  days?: number
  /** What catches it; a seed of the simulation unless told. */
  caughtBy?: CatchingTest
}

const eventing = 'packages/eventing/src'
const extraction = 'services/extraction/src'
const storage = 'services/storage/src'

const commandNotRecognised: Plant = {
  file: `${eventing}/command-handler.ts`,
  find: 'if (earlier) return aggregate.recall(known, earlier)',
  replace: 'void earlier',
}
const syncStoredAgain: Plant = {
  file: `${storage}/domain/ledger.ts`,
  find: 'if (command.transactions && !state.transactions.includes(syncId)) {',
  replace: 'if (command.transactions) {',
}
const answerPlannedAgain: Plant = {
  file: `${storage}/application/store-sync.ts`,
  find: 'fetched.transactions && !ledger.transactions.includes(syncId)',
  replace: 'fetched.transactions',
}
const overtakenUnnoticed: Plant = {
  file: `${storage}/domain/ledger.ts`,
  find: '    current(decidedFrom, state)\n    events.push(',
  replace: '    events.push(',
}
const commandOfTheTelling: Plant = {
  file: `${storage}/application/store-in-order.ts`,
  find: 'return `store-',
  replace: 'return String((globalThis.told = (globalThis.told ?? 0) + 1)) + `-store-',
}
const storedOutOfOrder: Plant = {
  file: `${storage}/application/store-in-order.ts`,
  find: 'if (fetched.transactions !== undefined) {',
  replace: "if (fetched.transactions?.syncId === '') {",
}

export const mutants: readonly Mutant[] = [
  {
    name: 'fence off',
    file: `${eventing}/memory/memory-projection-store.ts`,
    find: 'if (!isSame || held.fence !== fence) throw new Fenced(name)',
    replace: '',
  },
  {
    name: 'checkpoint committed apart from rows',
    file: `${eventing}/project.ts`,
    find: 'await advancing.commit({ from, to, ...work })',
    replace: `await advancing.commit({ from, to, puts: [], drops: [], quarantined: [] })
        await advancing.commit({ from: to, to, ...work })`,
  },
  {
    name: 'message id from version',
    file: `${eventing}/aggregate.ts`,
    find: 'messageId: messageIdOf(subject, command.commandId),',
    replace: 'messageId: messageIdOf(subject, String(version)),',
  },
  {
    name: 'expected sequence not checked',
    file: `${eventing}/memory/memory-log.ts`,
    find: 'if ((earlier.at(-1)?.seq ?? 0) !== expectedSeq) {',
    replace: 'if (expectedSeq < 0) {',
  },
  {
    name: 'version check off',
    file: `${eventing}/envelope.ts`,
    find: 'if (envelope.version !== known.version + 1) {',
    replace: 'if (envelope.version < 0) {',
  },
  {
    name: 'hash check off',
    file: `${eventing}/envelope.ts`,
    find: 'if (chainHash(known.hash, message.body) !== envelope.hash) {',
    replace: "if (envelope.hash === '') {",
  },
  {
    name: 'hash chain begun anew with each message',
    file: `${eventing}/envelope.ts`,
    find: "return hash('sha256', Buffer.concat([Buffer.from(previous), body]), 'hex')",
    replace: "return hash('sha256', Buffer.concat([Buffer.from(previous.slice(64)), body]), 'hex')",
  },
  {
    name: 'watermark moved before storing',
    file: `${extraction}/domain/feed.ts`,
    find: `        ...withAnswer(feed, 'transactions', data),
        staleSince: null,`,
    replace: `        ...withRowsUntil(withAnswer(feed, 'transactions', data), data.window.to),
        staleSince: null,`,
  },
  {
    name: 'quota intent not heeded before the call',
    file: `${extraction}/application/fetch-account.ts`,
    find: "if (!events.some((event) => event.type === 'CallIntended')) return undefined",
    replace: 'void events',
  },
  {
    name: 'call of unknown outcome not counted',
    file: `${extraction}/domain/quota.ts`,
    find: "c.outcome !== 'unspent'",
    replace: "c.outcome === 'spent'",
  },
  {
    // Fault 12: no event without its object.
    name: 'answer told of before it is kept',
    file: `${extraction}/application/keep-answer.ts`,
    find: 'await parts.objects.put(key, await parts.keys.sealObject(place.spaceId, place.accountId, body))',
    replace: `void parts.keys
        .sealObject(place.spaceId, place.accountId, body)
        .then((sealed) => parts.objects.put(key, sealed))
        .catch(() => undefined)`,
  },
  {
    name: 'lake file named before it is written',
    file: `${storage}/adapters/object-lake.ts`,
    find: '    await objects.put(key, bytes)',
    replace: '    void objects.put(key, bytes).catch(() => undefined)',
  },
  {
    name: 'no overlap of windows',
    file: 'packages/providers/src/normalise/window.ts',
    find: 'export const OVERLAP_DAYS = 14',
    replace: 'export const OVERLAP_DAYS = 0',
  },
  {
    // Fault 13: equal rows, repeated and reordered.
    name: 'multiplicity not counted',
    file: 'packages/providers/src/identity/pairing.ts',
    find: '      else several[first] = 1\n    }\n    let anySeveral',
    replace: '      else this.#partners[place] = NOBODY - 1\n    }\n    let anySeveral',
  },
  {
    // Fault 13: what was pending is booked.
    name: 'pending not replaced',
    file: 'packages/providers/src/identity/decide.ts',
    find: "for (const row of pendingGone) decisions.push(gone(row, 'pending_gone', row.flags))",
    replace: 'void pendingGone',
  },
  {
    name: 'account not recognised by its number',
    file: 'services/connection/src/domain/account-book.ts',
    find: 'const matches = new Set(fingerprints.flatMap((f) => byFingerprint[f] ?? []))',
    replace: 'const matches = new Set(fingerprints.flatMap((f) => (f in byFingerprint ? [] : [])))',
  },
  {
    name: 'a clock of its own',
    file: `${extraction}/application/request-run.ts`,
    find: 'requestedAt: parts.clock.now().toISOString()',
    replace: 'requestedAt: new Date().toISOString()',
  },
  {
    name: 'call of unknown outcome taken for one that failed',
    file: `${extraction}/domain/provider-feed.ts`,
    find: "unknown: 'unknown' } as const",
    replace: "unknown: 'unspent' } as const",
  },
  {
    name: 'decisions of another replica not noticed',
    ...overtakenUnnoticed,
    caughtBy: {
      project: 'unit',
      spec: `${storage}/domain/ledger.spec.ts`,
      test: 'a ledger refuses decisions that were made before another sync decided',
    },
  },
  {
    name: 'message of an earlier command not found',
    file: `${eventing}/aggregate.ts`,
    find: 'for (const seq of commands.candidates(commandId)) {',
    replace: 'for (const seq of commands.candidates(commandId).slice(0, 0)) {',
  },
  {
    name: 'command not recognised when it comes again',
    ...commandNotRecognised,
    caughtBy: {
      project: 'unit',
      spec: `${eventing}/command-handler.spec.ts`,
      test: 'a repeated command returns what it brought about first, though the rules would refuse it now',
    },
  },
  // The ledger, its planner and the command's id each know a sync that comes again, any one alone hides the lack of the others.
  {
    name: 'sync known neither as stored nor as told',
    ...syncStoredAgain,
    and: [answerPlannedAgain, commandOfTheTelling],
  },
  {
    name: 'sync stored again when it comes again',
    ...syncStoredAgain,
    caughtBy: {
      project: 'unit',
      spec: `${storage}/domain/ledger.spec.ts`,
      test: 'a ledger stays quiet when a sync comes again',
    },
  },
  {
    name: 'later answer stored before an earlier one',
    ...storedOutOfOrder,
  },
  {
    // Fault 1: what a process had in hand when it died is lost with it.
    name: 'message acknowledged before it was handled',
    file: `${eventing}/reaction.ts`,
    find: '    await inTrace(trace, () => inSpan(span, () => handle(recorded, delivery)))',
    replace: '    void inTrace(trace, () => inSpan(span, () => handle(recorded, delivery))).catch(() => undefined)',
  },
  {
    // Fault 11: a partition shows in health.
    name: 'broker that does not answer said to be well',
    file: 'packages/service-kit/src/nats.ts',
    find: "await nats.request('$JS.API.INFO', undefined, { timeout: 2_000 })",
    replace:
      "await nats.request('$JS.API.INFO', undefined, { timeout: 2_000 }).catch(() => ({ data: new TextEncoder().encode('{}') }))",
    caughtBy: {
      project: 'integration',
      spec: 'packages/service-kit/src/open-platform.int.spec.ts',
      test: 'the platform on NATS and PostgreSQL says that the broker is away, and is well again when it is back',
    },
  },
  {
    name: 'append of unknown outcome taken for one that failed',
    file: `${eventing}/command-handler.ts`,
    find: 'if (error instanceof UnknownOutcome) return settle(subject, context.commandId, error)',
    replace: 'void settle',
    caughtBy: {
      project: 'unit',
      spec: `${eventing}/command-handler.spec.ts`,
      test: 'an append of unknown outcome is settled by finding its own command in the log',
    },
  },
  {
    name: 'lease not waited for',
    file: 'packages/service-kit/src/shards.ts',
    find: 'lease = await leases.acquire(',
    replace: 'lease = (() => ({ lost: new AbortController().signal, release: async () => undefined }))(',
    caughtBy: {
      project: 'unit',
      spec: 'packages/service-kit/src/shards.spec.ts',
      test: 'the shards of a service are each held by one replica at a time, and pass to another when it stops',
    },
  },
  {
    name: 'lost lease ignored',
    file: 'packages/service-kit/src/shards.ts',
    find: 'await aborted(AbortSignal.any([stopping.signal, lease.lost]))',
    replace: 'await aborted(stopping.signal)',
    caughtBy: {
      project: 'unit',
      spec: 'packages/service-kit/src/shards.spec.ts',
      test: 'the shards of a service stop what they covered when their lease is lost, and are asked for again',
    },
  },
  {
    name: 'runs of an erased connection left in the log',
    file: `${extraction}/application/erase-syncs.ts`,
    find: "...(await runsOf(parts, scope)).map((aggregateId) => ({ aggregate: 'run', aggregateId })),",
    replace: '',
  },
  {
    name: 'lake of an erased connection left',
    file: `${storage}/application/erase-lake.ts`,
    find: 'for (const folder of foldersOf(scope)) erased',
    replace: "for (const folder of scope.of === 'space' ? foldersOf(scope) : []) erased",
  },
  {
    name: 'account keys not retired with a connection',
    file: 'packages/vault/src/key-ring.ts',
    find: '      await store.retire(scope)\n',
    replace: '      if (scope.accountIds === undefined) await store.retire(scope)\n',
    and: [{ file: 'packages/vault/src/key-ring.ts', find: '      await store.delete(scope)\n', replace: '' }],
  },
  {
    name: 'keys not destroyed at the end of an erasure',
    file: 'packages/service-kit/src/erasure/carry-out.ts',
    find: '  await keys.destroy(scope)\n',
    replace: '',
    caughtBy: {
      project: 'unit',
      spec: 'packages/service-kit/src/erasure/erasing.spec.ts',
      test: 'an erasure destroys the keys last, when nothing is left that they sealed',
    },
  },
  {
    name: 'destroyed key kept where it was stored',
    file: 'packages/vault/src/key-ring.ts',
    find: '      await store.delete(scope)\n',
    replace: '',
    caughtBy: {
      project: 'unit',
      spec: 'packages/vault/src/memory/memory.spec.ts',
      test: "the vault (memory) a space's key makes all it sealed unreadable when it is destroyed, also where a new one is made",
    },
  },
]
