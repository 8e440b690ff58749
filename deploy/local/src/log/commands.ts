import { drill, exportBackup, importBackup } from './backup-commands.ts'
import type { Command } from './command.ts'
import { erasures } from './erasures.ts'
import { keys } from './keys.ts'
import { projections, quarantine, rebuild } from './projections.ts'
import { showHistory } from './show.ts'
import { space } from './space-commands.ts'
import { streams } from './streams.ts'
import { tail } from './tail.ts'
import { verify } from './verify.ts'

export const commands: Readonly<Record<string, Command>> = {
  streams,
  tail,
  show: showHistory,
  verify,
  projections,
  rebuild,
  quarantine,
  erasures,
  keys,
  export: exportBackup,
  import: importBackup,
  drill,
  space,
}
