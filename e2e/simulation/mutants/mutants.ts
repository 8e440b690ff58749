/** A planted defect: a guard of production code switched off. `find` stands in `file` exactly once. */
export type Mutant = {
  name: string
  file: string
  find: string
  replace: string
  /** How many seeds and days may be needed; of what a few seeds show, a few. */
  days?: number
}

const eventing = 'packages/eventing/src'
const extraction = 'services/extraction/src'
const storage = 'services/storage/src'

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
    name: 'multiplicity not counted',
    file: 'packages/providers/src/identity/pairing.ts',
    find: '      else several[first] = 1\n    }\n    let anySeveral',
    replace: '      else this.#partners[place] = NOBODY - 1\n    }\n    let anySeveral',
  },
  {
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
]
