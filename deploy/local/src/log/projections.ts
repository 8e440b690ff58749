import { type DeadLetter, NoSuchBuild, type Parked, type ProjectionOverview, projectionOverview } from '@pf/eventing'
import { createPostgresDeadLetters, createPostgresProjectionStore } from '@pf/eventing/postgres'
import type { Command } from './command.ts'
import { CommandFailed, UsageError } from './refusals.ts'
import { counted, show } from './terminal.ts'

const placeOf = ({ version, build }: { version: number; build: number }): string =>
  build === 1 ? `v${version}` : `v${version} r${build}`

export const projections: Command = {
  usage: 'projections [name] [--json]',
  about: `Each read model: its builds, which one is read, how many messages each is behind, and what is in quarantine.
A build that differs from the one it was to replace waits for a word: rebuild NAME --accept or --discard. Exit code 1 where
one waits, or where something is in quarantine.`,
  options: {},
  words: [0, 1],
  async run({ words: [name] }, { installation, terminal }) {
    const store = createPostgresProjectionStore(await installation.database())
    const all = await projectionOverview({ store, log: await installation.eventLog() })
    const found = all.filter((one) => name === undefined || one.name === name).sort(byName)
    if (name !== undefined && found.length === 0) throw unknown(name, all)
    const rows = found.flatMap(({ name: of, builds, parked }) =>
      builds.map((build) => [
        of,
        placeOf(build),
        build.state,
        build.checkpoint?.stream,
        build.checkpoint?.seq ?? 0,
        build.lag ?? '?',
        parked,
        build.since.slice(0, 19),
      ]),
    )
    show(terminal, ['PROJECTION', 'BUILD', 'STATE', 'STREAM', 'UP TO', 'BEHIND', 'PARKED', 'SINCE'], rows, found)
    if (!terminal.json) for (const line of found.flatMap(comparisonsOf)) terminal.out(line)
    return found.some(({ parked, builds }) => parked > 0 || builds.some(({ state }) => state === 'differs')) ? 1 : 0
  },
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

function comparisonsOf({ name, builds }: ProjectionOverview): string[] {
  return builds.flatMap((build) => {
    const { comparison, state } = build
    if (comparison === undefined || state !== 'differs') return []
    const { seq, against, rowsBefore, rowsAfter, spacesThatDiffer } = comparison
    return [
      `${name} ${placeOf(build)} differs from ${placeOf(against)} at ${counted(seq)}: ${counted(rowsBefore)} rows before, ` +
        `${counted(rowsAfter)} after, ${counted(spacesThatDiffer)} spaces with another number. rebuild ${name} --accept or --discard.`,
    ]
  })
}

const unknown = (name: string, all: readonly { name: string }[]) =>
  new CommandFailed(
    'no_such_projection',
    `There is no projection ${name}; there are ${
      all
        .map((one) => one.name)
        .sort()
        .join(', ') || 'none yet'
    }.`,
  )

export const rebuild: Command = {
  usage: 'rebuild NAME [--accept | --discard] [--json]',
  about: `Has a read model built anew beside the one that is read.
A running service begins within seconds, else its next start does; equal, it is switched to by itself. With --accept the one
that differs is read, with --discard it is dropped.`,
  options: { accept: { type: 'boolean' }, discard: { type: 'boolean' } },
  words: [1, 1],
  async run({ words: [name = ''], options }, { installation, terminal }) {
    if (options['accept'] === true && options['discard'] === true) {
      throw new UsageError('Found --accept and --discard, expected one of them.')
    }
    const { builds } = createPostgresProjectionStore(await installation.database())
    const verdict = options['accept'] === true ? 'accept' : options['discard'] === true ? 'discard' : undefined
    try {
      const build = verdict === undefined ? await builds.rebuild(name) : await builds.decide(name, verdict)
      const said = { accept: 'shall be read', discard: 'is dropped' }
      if (terminal.json) terminal.out(JSON.stringify({ projection: name, ...build, verdict }))
      else
        terminal.out(
          `${name} ${placeOf(build)} ${verdict === undefined ? 'is built beside the one that is read' : said[verdict]}.`,
        )
      return 0
    } catch (error) {
      if (error instanceof NoSuchBuild) throw new CommandFailed('no_such_build', error.message, { cause: error })
      throw error
    }
  },
}

export const quarantine: Command = {
  usage: 'quarantine list | retry ID [--json]',
  about: `What was set aside: aggregates that a projection could not take, and messages that a reaction gave up; why, and since when.
retry has one repeated, once its fix is running: an aggregate's messages are applied, all of them or none; a reaction handles
the message again. A running service does it within seconds. Exit code 1 of list where something waits.`,
  options: {},
  words: [1, 2],
  async run({ words: [what, id] }, { installation, terminal }) {
    const orm = await installation.database()
    const { builds } = createPostgresProjectionStore(orm)
    const letters = createPostgresDeadLetters(orm)
    if (what === 'list' && id === undefined) {
      const found = [...(await builds.parked()).map(ofProjection), ...(await letters.list()).map(ofReaction)]
      const rows = found.map((one) => [
        one.id,
        one.of,
        one.subject,
        one.seq,
        one.messages,
        one.since.slice(0, 19),
        one.reason,
      ])
      show(terminal, ['ID', 'OF', 'SUBJECT', 'SEQ', 'MESSAGES', 'SINCE', 'REASON'], rows, found)
      return found.length === 0 ? 0 : 1
    }
    if (what !== 'retry' || id === undefined) throw new UsageError(`Expected: npm run log -- ${quarantine.usage}`)
    if (!(await builds.askRetry(id)) && !(await letters.ask(id))) {
      throw new CommandFailed(
        'not_set_aside',
        `Nothing of the id ${id} is set aside: it was repeated, or never was. quarantine list tells what is.`,
      )
    }
    if (terminal.json) terminal.out(JSON.stringify({ id, asked: true }))
    else terminal.out(`${id} is repeated by the service that it belongs to.`)
    return 0
  },
}

type SetAside = Pick<Parked, 'id' | 'subject' | 'seq' | 'messages' | 'reason' | 'since' | 'isAsked'> & { of: string }

const ofProjection = ({ projection: name, eventId: _, ...parked }: Parked): SetAside => ({
  ...parked,
  of: `projection ${name} ${placeOf(parked)}`,
})
const ofReaction = ({ reaction, eventId: _, ...letter }: DeadLetter): SetAside => ({
  ...letter,
  messages: 1,
  of: `reaction ${reaction}`,
})
