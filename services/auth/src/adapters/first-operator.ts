import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { systemSpace } from '@pf/contracts'
import { isOwnMachine, type Platform } from '@pf/service-kit'
import type { FirstOperator } from '../application/admission.ts'
import { typedCodeBytes, typedCodeOf } from '../domain/typed-code.ts'

export const firstOperatorFile = 'first-operator-code'

/**
 * The code is derived, and kept nowhere: from the installation's fingerprint key, which never changes, and from how many
 * spaces were ever erased, so that replicas agree, a restart changes nothing, and the code of an operator who left is void.
 */
export function firstOperator(
  { config, keys, logger }: Pick<Platform, 'config' | 'keys' | 'logger'>,
  orm: MikroORM,
): FirstOperator {
  const file = join(config.dataDir, firstOperatorFile)
  const code = async () => {
    if (isOwnMachine(config)) return undefined
    const [row] = await orm.em
      .fork()
      .execute<{ n: number }[]>("select count(*)::integer as n from vault.retired where account_id = ''")
    const secret = await keys.fingerprint(systemSpace, `first-operator|${row?.n ?? 0}`)
    return typedCodeOf(Buffer.from(secret, 'hex').subarray(0, typedCodeBytes))
  }
  return {
    code,
    async tell() {
      const told = await code()
      if (told === undefined) return
      // Of the log as well, since a container's folder is not read as easily. It is void once somebody is the operator.
      const address = `${new URL('/register', config.publicUrl).href}?invite=${told}`
      logger.warn({ address }, 'nobody is registered yet: the first user, who becomes the operator, registers here')
      await writeFile(file, `${told}\n`, { mode: 0o600 }).catch((error: unknown) =>
        logger.warn({ err: error, file }, 'the one-time code stands in this log alone: its file cannot be written'),
      )
    },
    done: () => rm(file, { force: true }),
  }
}
