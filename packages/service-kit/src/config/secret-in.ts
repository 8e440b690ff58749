import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigRefused } from './define-config.ts'

/** A secret that was mounted as a file of a folder. Throws ConfigRefused, which names `setting` and the file. */
export async function secretIn(setting: string, folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  const secret = await readFile(path, 'utf8').catch(() => '')
  if (secret.trim() !== '') return secret.trim()
  throw new ConfigRefused([`${setting}: ${path} cannot be read or is empty; expected the password of ${name}`])
}
