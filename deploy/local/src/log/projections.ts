import { NoSuchBuild, type ProjectionOverview, projectionOverview } from '@pf/eventing'
import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { type Command, textOf } from './command.ts'
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
  usage: 'quarantine list [--projection NAME] | retry ID [--json]',
  about: `What projections could not take: the aggregate, its first message, and why; retry has it repeated.
After its fix is running: the aggregate's messages are applied, all of them or none. A running service does it within seconds.`,
  options: { projection: { type: 'string' } },
  words: [1, 2],
  async run({ words: [what, id], options }, { installation, terminal }) {
    const { builds } = createPostgresProjectionStore(await installation.database())
    if (what === 'list' && id === undefined) {
      const parked = await builds.parked(textOf(options, 'projection'))
      const rows = parked.map((one) => [
        one.id,
        one.projection,
        placeOf(one),
        one.subject,
        one.seq,
        one.messages,
        one.since.slice(0, 19),
        one.reason,
      ])
      show(terminal, ['ID', 'PROJECTION', 'BUILD', 'SUBJECT', 'FIRST', 'MESSAGES', 'SINCE', 'REASON'], rows, parked)
      return parked.length === 0 ? 0 : 1
    }
    if (what !== 'retry' || id === undefined) throw new UsageError(`Expected: npm run log -- ${quarantine.usage}`)
    if (!(await builds.askRetry(id))) {
      throw new CommandFailed(
        'not_parked',
        `Nothing with the id ${id} is in quarantine: it was repeated, or never was. quarantine list tells what is.`,
      )
    }
    if (terminal.json) terminal.out(JSON.stringify({ id, asked: true }))
    else terminal.out(`${id} is repeated by whoever runs its projection.`)
    return 0
  },
}
