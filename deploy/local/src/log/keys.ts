import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { masterKeySource } from '@pf/service-kit'
import { dropNextMasterKey, loadMasterKey, nextMasterKey, takeNextMasterKey, VaultInUse } from '@pf/vault'
import { keyOverview, masterKeyOf, openVault, type Rewrapped, rewrapVault, rotateKeys } from '@pf/vault/postgres'
import { type Around, type Command, textOf } from './command.ts'
import { CommandFailed, UsageError } from './refusals.ts'
import { counted, placeOf, show } from './terminal.ts'

export const keys: Command = {
  usage: 'keys | keys rotate --space ID | keys rotate --all | keys rewrap [--to FILE] [--json]',
  about: `What the vault holds, by counts; new sealing keys; a new master key.
Never shows a key. rotate gives a space and its accounts, or everyone, a new sealing key: what was sealed before still opens,
and a system that runs seals under the new one within a minute. rewrap makes a new master key and wraps every root and secret
under it, then replaces the master key's file: the system has to be stopped. Killed at any point, run it again, or start:
whichever of the two keys opens the vault is taken. Where the key is in the environment or in SSM, --to names the file that the
new one is written to, or where you have put one: put what it holds where the key was, then start. Backups from before open with the old master key only: keep a copy of it
with them first.`,
  options: { space: { type: 'string' }, all: { type: 'boolean' }, to: { type: 'string' } },
  words: [0, 1],
  async run({ words: [what], options }, around) {
    const [space, all, to] = [textOf(options, 'space'), options['all'] === true, textOf(options, 'to')]
    if (what === 'rewrap' && to !== undefined && space === undefined && !all) return rewrapTo(placeOf(to), around)
    if (to !== undefined) throw new UsageError(`Expected: npm run log -- ${keys.usage}`)
    if (what === 'rotate' && (space !== undefined) !== all) return rotate(space, around)
    if (what === 'rewrap' && space === undefined && !all) return rewrap(around)
    if (what === undefined && space === undefined && !all) return list(around)
    throw new UsageError(`Expected: npm run log -- ${keys.usage}`)
  },
}

async function list({ installation, terminal }: Around): Promise<number> {
  const found = await keyOverview(await installation.database())
  const rows = [
    ...found.keys.map(({ owner, generation, count }) => [`key of ${owner}`, generation, count]),
    ['secret', undefined, found.secrets],
    ['signing key', undefined, found.signingKeys],
    ['erased', undefined, found.retired],
  ]
  show(terminal, ['WHAT', 'GENERATION', 'COUNT'], rows, found)
  return 0
}

async function rotate(space: string | undefined, { installation, terminal }: Around): Promise<number> {
  const rotated = await rotateKeys(await installation.database(), space)
  if (rotated === 0 && space !== undefined) {
    throw new CommandFailed('no_such_space', `The vault has no key of a space ${space}: it was erased, or never was.`)
  }
  if (terminal.json) terminal.out(JSON.stringify({ rotated }))
  else terminal.out(`${counted(rotated)} keys: what is sealed from here on is sealed anew; what was, still opens.`)
  return 0
}

async function rewrap({ installation, terminal }: Around): Promise<number> {
  const source = masterKeySource(installation.config)
  if (source.of !== 'file') {
    throw new CommandFailed(
      'master_key_elsewhere',
      'The master key is in no file (PF_MASTER_KEY or PF_MASTER_KEY_SSM), so no new one can take its place. Say where the new ' +
        'one shall be written (keys rewrap --to FILE), and put what the file holds then where the key was.',
    )
  }
  const { path: masterKeyFile } = source
  const orm = await installation.database()
  // Of a run before that was killed after its last commit: the file is put in its place, and a new key follows nothing.
  const before = await loadMasterKey(masterKeyFile, { isVaultEmpty: async () => false })
  const from = await masterKeyOf(orm, source, { makes: false })
  const isResumed = !Buffer.from(before).equals(from)
  // Throws where neither is the one.
  await openVault({ orm, masterKey: from })
  const rewrapped = isResumed
    ? await rewrapVault(orm, { from: before, to: from })
    : await wrapAnew(orm, masterKeyFile, from)
  if (terminal.json) terminal.out(JSON.stringify({ masterKeyFile, resumed: isResumed, rewrapped }))
  else if (rewrapped === undefined)
    terminal.out(`${masterKeyFile}: the new master key of the run before is in its place.`)
  else
    terminal.out(
      `${masterKeyFile}: a new master key; ${wrappedTold(rewrapped)}. Copy it to where you keep it, and start.`,
    )
  return 0
}

/** The key stays where it is; the file's takes its place by the operator's hand. Run again, it goes on with the same file. */
async function rewrapTo(path: string, { installation, terminal }: Around): Promise<number> {
  const orm = await installation.database()
  const from = await masterKeyOf(orm, masterKeySource(installation.config), { makes: false })
  const wasThere = existsSync(path)
  const to = await loadMasterKey(path, { isVaultEmpty: async () => true })
  if (Buffer.from(to).equals(from)) {
    const found = `${path} holds the master key that the configuration names`
    throw new CommandFailed('master_key_same', `${found}. Name a file that is not there yet, or holds another key.`)
  }
  const rewrapped = await rewrapVault(orm, { from, to }).catch(async (error: unknown) => {
    if (error instanceof VaultInUse && !wasThere) await rm(path, { force: true })
    throw error
  })
  if (terminal.json) terminal.out(JSON.stringify({ masterKeyFile: path, resumed: rewrapped === undefined, rewrapped }))
  else {
    const told = rewrapped === undefined ? 'the run before has wrapped all under it' : wrappedTold(rewrapped)
    terminal.out(`${path}: the new master key; ${told}. Put what the file holds where the key was, then start.`)
  }
  return 0
}

const wrappedTold = ({ keys, secrets, secondFactors, signingKeys }: Rewrapped): string =>
  `${counted(keys)} keys, ${counted(secrets)} secrets, ${counted(signingKeys)} signing keys and ${counted(secondFactors)} second factors are wrapped under it`

async function wrapAnew(orm: Parameters<typeof rewrapVault>[0], path: string, from: Uint8Array) {
  try {
    const to = await nextMasterKey(path)
    const rewrapped = await rewrapVault(orm, { from, to })
    await takeNextMasterKey(path)
    return rewrapped
  } catch (error) {
    // Nothing is wrapped under it; anything else may have come after the commit, and the key is needed then.
    if (error instanceof VaultInUse) await dropNextMasterKey(path)
    throw error
  }
}
