import { openPlatform, type PlatformConfig } from '@pf/service-kit'

/**
 * The lake from the raw objects, as `npm run replay -- --from raw` makes it: it is plain and derived, so no copy holds it. Of
 * all spaces, or of one that is about to be whole.
 */
export async function remakeLake(
  config: PlatformConfig,
  say: (line: string) => void,
  arriving?: string,
): Promise<{ files: number; rows: number; lost: string[] }> {
  // Only who brings rows needs all of storage: other commands start without it.
  const { startReplay } = await import('@pf/storage')
  const quiet = { ...config, logLevel: 'silent' as const }
  const platform = await openPlatform(quiet, { name: 'replay', completes: arriving !== undefined })
  try {
    const { files, rows, lost } = await startReplay(platform, {
      ...(arriving === undefined ? {} : { spaceId: arriving }),
      onAccount: ({ accountId }, compared) => say(`lake of account ${accountId}: ${compared.files.length} files`),
    })
    return { files, rows, lost }
  } finally {
    await platform.close()
  }
}
