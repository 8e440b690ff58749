import { openPlatform, type PlatformConfig } from '@pf/service-kit'

/** The lake from the raw objects, as `npm run replay -- --from raw` makes it: it is plain and derived, so no backup holds it. */
export async function remakeLake(
  config: PlatformConfig,
  say: (line: string) => void,
): Promise<{ files: number; rows: number; lost: string[] }> {
  // Only a restore needs all of storage: other commands start without it.
  const { startReplay } = await import('@pf/storage')
  const platform = await openPlatform({ ...config, logLevel: 'silent' }, { name: 'replay' })
  try {
    const { files, rows, lost } = await startReplay(platform, {
      onAccount: ({ accountId }, compared) => say(`lake of account ${accountId}: ${compared.files.length} files`),
    })
    return { files, rows, lost }
  } finally {
    await platform.close()
  }
}
