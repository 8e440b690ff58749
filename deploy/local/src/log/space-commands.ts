import { existsSync } from 'node:fs'
import { loadMasterKey } from '@pf/vault'
import { type Around, type Command, type Options, textOf } from './command.ts'
import { CommandFailed, UsageError } from './refusals.ts'
import { root } from './root.ts'
import type { Renamed } from './space/check-import.ts'
import { exportSpace } from './space/export-space.ts'
import { importSpace } from './space/import-space.ts'
import { eraseMoved, releaseSpace } from './space/leave-cell.ts'
import { withdrawSpace } from './space/withdraw-space.ts'
import { counted, placeOf, sized } from './terminal.ts'

export const space: Command = {
  usage:
    'space export WHO --to DIR --key FILE --address URL | space import DIR --key FILE [--username NAME] [--issuer URL --subject ID] ' +
    '| space withdraw DIR --key FILE | space release WHO | space erase DIR --key FILE [--json]',
  about: `Moves a user to another installation (a cell), with ids, history and consents.
export, at the old cell, running or not: WHO (a user name, a user's or a space's id) stands still from here on, nobody is let
in (who signs in is told the address), and all of it lies in DIR: its messages and raw objects as they are sealed, its rows of
the vault sealed under a transport key, which is written to FILE. Carry DIR and FILE apart. import, at the new cell, stopped:
checks everything before anything is written, then writes, makes the lake again, compares, and puts a receipt into DIR. After a
kill run it again, or give it up with withdraw; until then nothing starts there. erase, back at the old cell, with the receipt:
the same erasure as a user's own, but consents stay, as they are the new cell's now. release: it stays at the old cell after all.`,
  options: Object.fromEntries(
    ['to', 'key', 'address', 'username', 'issuer', 'subject'].map((name) => [name, { type: 'string' as const }]),
  ),
  words: [2, 2],
  writes: true,
  async run({ words: [what = '', word = ''], options }, around) {
    const step = steps[what]
    if (step === undefined) throw wrong()
    return step(word, options, around)
  },
}

const wrong = () => new UsageError(`Expected: npm run log -- ${space.usage}`)

const steps: Readonly<Record<string, (word: string, options: Options, around: Around) => Promise<number>>> = {
  export: exportTo,
  import: importFrom,
  withdraw,
  release,
  erase,
}

function told(options: Options, name: string): string {
  const text = textOf(options, name)
  if (text === undefined) throw wrong()
  return text
}

/** Made where there is none, for who exports; for all others it has to be there. Throws CommandFailed, MasterKeyRefused. */
async function transportKey(options: Options, { makes = false } = {}): Promise<Uint8Array> {
  const path = placeOf(told(options, 'key'))
  if (!makes && !existsSync(path)) {
    const found = `There is no transport key at ${path}`
    throw new CommandFailed(
      'transport_key_missing',
      `${found}. Name the file that \`space export\` wrote it to (--key).`,
    )
  }
  // A file of the same kind, and the same care: 32 bytes, mode 600.
  return loadMasterKey(path, { isVaultEmpty: async () => makes })
}

async function exportTo(who: string, options: Options, { installation, terminal }: Around): Promise<number> {
  const folder = placeOf(told(options, 'to'))
  const address = told(options, 'address')
  if (!URL.canParse(address))
    throw new UsageError(`--address ${address} is no URL: name where the user signs in from now on.`)
  const key = await transportKey(options, { makes: true })
  const { err: say, signal } = terminal
  const manifest = await exportSpace(installation, { who, folder, key, address, root, say, signal })
  if (terminal.json) terminal.out(JSON.stringify({ folder, ...manifest }, null, 2))
  else {
    const messages = manifest.streams.reduce((sum, stream) => sum + stream.messages, 0)
    terminal.out(
      `${folder}: ${counted(messages)} messages, ${counted(manifest.objects.count)} raw objects (${sized(manifest.objects.bytes)}).`,
    )
    terminal.out(
      'It stands still here. Carry the folder and the key, each by its own way, to the new cell, and import it there.',
    )
  }
  return 0
}

async function importFrom(word: string, options: Options, { installation, terminal }: Around): Promise<number> {
  const [username, issuer, subject] = ['username', 'issuer', 'subject'].map((name) => textOf(options, name))
  if ((issuer === undefined) !== (subject === undefined)) throw wrong()
  const renamed: Renamed = {
    ...(username !== undefined && { username }),
    ...(issuer !== undefined && { issuer }),
    ...(subject !== undefined && { subject }),
  }
  const key = await transportKey(options)
  const { err: say, signal } = terminal
  const imported = await importSpace(installation, { folder: placeOf(word), key, renamed, say, signal })
  if (terminal.json) terminal.out(JSON.stringify(imported, null, 2))
  else if (imported.wasThere)
    terminal.out(`Space ${imported.spaceId} is here, all of it. The receipt was written again.`)
  else {
    terminal.out(
      `Space ${imported.spaceId}: ${counted(imported.messages)} messages, ${counted(imported.objects)} raw objects, ` +
        `${counted(imported.lakeFiles)} files of the lake. The receipt lies in the folder.`,
    )
    terminal.out('Start the services, look at it, then bring the folder back and run `space erase` at the old cell.')
  }
  return 0
}

async function withdraw(word: string, options: Options, { installation, terminal }: Around): Promise<number> {
  const key = await transportKey(options)
  const spaceId = await withdrawSpace(installation, { folder: placeOf(word), key, say: terminal.err })
  if (terminal.json) terminal.out(JSON.stringify({ withdrawn: spaceId }))
  else terminal.out(`Space ${spaceId} was withdrawn; the installation can be started.`)
  return 0
}

async function release(who: string, _: Options, { installation, terminal }: Around): Promise<number> {
  const spaceId = await releaseSpace(installation, who, terminal.err)
  if (terminal.json) terminal.out(JSON.stringify({ released: spaceId }))
  else
    terminal.out(
      `Space ${spaceId} goes on here. If it was imported elsewhere, erase it there: both would ask the bank.`,
    )
  return 0
}

async function erase(word: string, options: Options, { installation, terminal }: Around): Promise<number> {
  const key = await transportKey(options)
  const erased = await eraseMoved(installation, { folder: placeOf(word), key, signal: terminal.signal })
  if (terminal.json) terminal.out(JSON.stringify(erased))
  else {
    terminal.out(
      `Space ${erased.spaceId} is being erased here by the services (\`npm run log -- erasures\` tells when it is done).`,
    )
    terminal.out('Then delete the folder and the transport key.')
  }
  return 0
}
