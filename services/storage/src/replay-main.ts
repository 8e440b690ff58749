import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { DomainError } from '@pf/contracts'
import { openConfigured, type Platform } from '@pf/service-kit'
import { accountsWithRaw, type Replayed } from './application/replay-lake.ts'
import { openReplayThreads } from './replay-threads.ts'
import { type ReplayOptions, rebuildMarts, replayAlone, startReplay } from './start-replay.ts'

const usage = 'npm run replay [-- --space <id>] [--from raw]'

/** Marts of one space or of all from the lake; `--from raw`: the lake from the raw zone first. Exits 1 where something is left. */
async function replay(): Promise<number> {
  const { values } = parseArgs({ options: { space: { type: 'string' }, from: { type: 'string' } } })
  const { space: spaceId, from } = values
  if (from !== undefined && from !== 'raw') throw new Error(`--from ${from}: only "raw" is known. ${usage}`)
  const platform = await openConfigured('replay')
  try {
    return await replayAlone(platform, () => remade(platform, { raw: from === 'raw', spaceId }))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    platform.logger.error({ code: error.code }, error.message)
    return 1
  } finally {
    await platform.close()
  }
}

async function remade(platform: Platform, asked: { raw: boolean; spaceId: string | undefined }): Promise<number> {
  const { logger } = platform
  const { raw, spaceId } = asked
  let left = 0
  if (raw) {
    const replayed = await lakeMadeAgain(platform, spaceId)
    const { lost, problems, ...counts } = replayed
    logger.info({ ...counts, lost: lost.length }, 'the lake is what its log says, as far as it could be made')
    for (const problem of problems) logger.warn({ problem }, 'a step could not be repeated')
    for (const key of lost) logger.error({ key }, 'lost: restore it, or its raw answers, from a backup')
    left += lost.length
  }
  for (const { space, status, differ } of await rebuildMarts(platform, spaceId)) {
    logger.info({ spaceId: space, status, differ }, 'marts built anew from the lake')
    if (status !== 'switched') left++
  }
  return left === 0 ? 0 : 1
}

/** On as many threads as there are processors, and accounts. */
async function lakeMadeAgain(platform: Platform, spaceId: string | undefined): Promise<Replayed> {
  const accounts = await accountsWithRaw(platform.objects, spaceId)
  const lanes = Math.min(accounts.length, availableParallelism())
  const threads = lanes > 1 ? openReplayThreads(lanes) : undefined
  const options: ReplayOptions = {
    ...(spaceId === undefined ? {} : { spaceId }),
    ...(threads && { lanes, compare: threads.compare }),
    onAccount: ({ accountId, spaceId }, { files, problems }) =>
      platform.logger.info(
        { spaceId, accountId, files: files.length, problems: problems.length },
        'account made again and compared',
      ),
  }
  return startReplay(platform, options).finally(() => threads?.stop())
}

process.exitCode = await replay()
