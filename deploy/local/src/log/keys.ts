import { masterKeySource } from '@pf/service-kit'
import { dropNextMasterKey, loadMasterKey, nextMasterKey, takeNextMasterKey, VaultInUse } from '@pf/vault'
import { keyOverview, masterKeyOf, openVault, rewrapVault, rotateKeys } from '@pf/vault/postgres'
import { type Around, type Command, textOf } from './command.ts'
import { CommandFailed, UsageError } from './refusals.ts'
import { counted, show } from './terminal.ts'

export const keys: Command = {
  usage: 'keys | keys rotate --space ID | keys rotate --all | keys rewrap [--json]',
  about: `What the vault holds, by counts; new sealing keys; a new master key.
Never shows a key. rotate gives a space and its accounts, or everyone, a new sealing key: what was sealed before still opens,
and a system that runs seals under the new one within a minute. rewrap makes a new master key and wraps every root and secret
under it, then replaces the master key's file: the system has to be stopped. Killed at any point, run it again, or start:
whichever of the two keys opens the vault is taken. Backups from before open with the old master key only: keep a copy of it
with them first.`,
  options: { space: { type: 'string' }, all: { type: 'boolean' } },
  words: [0, 1],
  async run({ words: [what], options }, around) {
    const [space, all] = [textOf(options, 'space'), options['all'] === true]
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
      'The master key is in no file (PF_MASTER_KEY or PF_MASTER_KEY_SSM), so no new one can take its place. Put it into a file of ' +
        'mode 600, name that one alone (PF_MASTER_KEY_FILE), run this again, and put what the file holds then where the key was.',
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
  else {
    const { keys: roots, secrets, secondFactors, signingKeys } = rewrapped
    const told = `${counted(roots)} keys, ${counted(secrets)} secrets, ${counted(signingKeys)} signing keys and ${counted(secondFactors)} second factors`
    terminal.out(
      `${masterKeyFile}: a new master key; ${told} are wrapped under it. Copy it to where you keep it, and start.`,
    )
  }
  return 0
}

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
