import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Command } from './command.ts'
import { commands } from './commands.ts'
import { withInstallation } from './installation.ts'
import { UsageError } from './refusals.ts'
import { root } from './root.ts'
import type { Terminal } from './terminal.ts'

/** `npm run log -- <command> …`: exit code 0, 1 where something is not as it should be, 2 for words it does not know. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  const json = rest.includes('--json')
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())
  // `… | head` has read enough.
  process.stdout.on('error', () => stopping.abort())
  const terminal: Terminal = {
    json,
    signal: stopping.signal,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  }
  try {
    return await run(name, rest, terminal)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed'
    terminal.err(json ? JSON.stringify({ error: { code, message } }) : message)
    return error instanceof UsageError ? 2 : 1
  }
}

async function run(name: string | undefined, rest: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help') {
    for (const line of helpOf(rest[0])) terminal.out(line)
    return 0
  }
  const command = commandOf(name)
  const { values, positionals } = parse(command, rest)
  if (values['help'] === true) {
    for (const line of helpOf(name)) terminal.out(line)
    return 0
  }
  const [least, most] = command.words
  if (positionals.length < least || positionals.length > most) {
    throw new UsageError(`Found ${positionals.length} words after ${name}, expected: npm run log -- ${command.usage}`)
  }
  const written = join(root, '.env')
  if (existsSync(written)) process.loadEnvFile(written)
  const around = { makes: command.makes === true, writes: command.writes === true, say: terminal.err }
  return withInstallation(root, process.env, around, (installation) =>
    command.run({ words: positionals, options: values }, { installation, terminal }),
  )
}

function commandOf(name: string): Command {
  const command = commands[name]
  if (command !== undefined) return command
  throw new UsageError(`There is no command ${name}; there are ${Object.keys(commands).join(', ')}.`)
}

function parse(command: Command, args: readonly string[]) {
  const shared = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...command.options, ...shared },
      allowPositionals: true,
    })
    return { values: values as Readonly<Record<string, string | boolean | undefined>>, positionals }
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${found}\nExpected: npm run log -- ${command.usage}`)
  }
}

function helpOf(name: string | undefined): string[] {
  const known = name === undefined ? undefined : commands[name]
  if (known !== undefined) return [`npm run log -- ${known.usage}`, '', ...known.about.split('\n')]
  return [
    'npm run log -- <command>: the event log, for who runs the installation.',
    '',
    ...Object.values(commands).map(({ usage, about }) => `  ${usage}\n      ${about.split('\n')[0]}`),
    '',
    'On NATS_URL, DATABASE_URL and OBJECT_STORE_URL where they are set, else on PF_DATA_DIR, whether it runs or not.',
    '--json prints for machines, --help tells more. Bodies stay sealed unless --open is given and the master key is at hand.',
  ]
}

process.exitCode = await main(process.argv.slice(2))
