import { jetstreamManager } from '@nats-io/jetstream'
import { contexts } from '@pf/contracts'
import { addressOf, following, LogBroken, type RawMessage } from '@pf/eventing'
import { streamOf } from '@pf/eventing/jetstream'
import { type Command } from './command.ts'
import type { Installation } from './installation.ts'
import { linesOf, type Shown, sealerFor, shown } from './recorded.ts'
import { CommandFailed, UsageError } from './refusals.ts'

type History = { subject: string; messages: Shown[]; fault: string | undefined }

export const showHistory: Command = {
  usage: 'show <subject | aggregate id> [--open] [--json]',
  about: `An aggregate's whole history: versions, types, times, command, correlation and cause of each message.
An id is looked for in all streams; every aggregate of that id is shown. Versions and the chain of hashes are checked on the
way; exit code 1 where they do not follow. --open opens bodies.`,
  options: { open: { type: 'boolean' } },
  words: [1, 1],
  async run({ words, options }, { installation, terminal }) {
    const subjects = await subjectsOf(installation, words[0] ?? '')
    const log = await installation.eventLog()
    const sealer = await sealerFor(installation, options['open'] === true)
    const histories: History[] = []
    for (const subject of subjects) {
      const messages = await log.load(subject)
      const readable: Shown[] = []
      for (const message of messages) readable.push(await shown(message, sealer))
      histories.push({ subject, messages: readable, fault: faultOf(messages) })
    }
    if (terminal.json) terminal.out(JSON.stringify(histories, null, 2))
    else for (const history of histories) for (const line of linesOfHistory(history)) terminal.out(line)
    return histories.some(({ fault }) => fault !== undefined) ? 1 : 0
  },
}

function linesOfHistory({ subject, messages, fault }: History): string[] {
  const events = messages.reduce((sum, { types }) => sum + types.length, 0)
  const sum = `${subject}: ${messages.length} messages, ${events} events, ${fault ?? 'versions and hashes follow'}`
  return [sum, ...messages.flatMap(linesOf), '']
}

/** Where the chain breaks first. */
function faultOf(messages: readonly RawMessage[]): string | undefined {
  let known = { version: 0, hash: '' }
  try {
    for (const message of messages) {
      const { hash, count } = following(known, message)
      known = { version: known.version + count, hash }
    }
    return undefined
  } catch (error) {
    if (error instanceof LogBroken) return error.message
    throw error
  }
}

/** Throws UsageError for what is neither, CommandFailed (`not_found`) where nothing stands under it. */
async function subjectsOf(installation: Installation, word: string): Promise<string[]> {
  if (word.includes('.')) return [subjectOf(word)]
  if (!/^[A-Za-z0-9_-]+$/.test(word))
    throw new UsageError(`Found ${word}, expected a subject evt.… or an aggregate's id.`)
  const jsm = await jetstreamManager(await installation.nats())
  const found: string[] = []
  for (const context of contexts) {
    const filter = `evt.${context}.*.*.${word}`
    const { state } = await jsm.streams.info(streamOf(context), { subjects_filter: filter })
    found.push(...Object.keys(state.subjects ?? {}))
  }
  if (found.length > 0) return found.sort()
  throw new CommandFailed('not_found', `No aggregate of any stream has the id ${word}: it never was, or it was erased.`)
}

function subjectOf(word: string): string {
  try {
    addressOf(word)
    return word
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
