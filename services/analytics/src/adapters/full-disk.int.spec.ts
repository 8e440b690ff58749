import { spawn } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { systemClock } from '@pf/eventing'
import { openObjectStore } from '@pf/object-store'
import { defaultBounds } from '../bounds.ts'
import { said } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { createMartRegistry } from './mart-registry.ts'
import { loadModels } from './models.ts'

const patienceMs = 120_000
const script = fileURLToPath(new URL('../testing/full-disk.ts', import.meta.url))

describe('on a full disk', () => {
  let spaces: Spaces
  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(
      's1',
      ...Array.from({ length: 500 }, (_, n) => said({ id: n + 1, date: '2026-05-03', minor: -n })),
    )
    await spaces.registry.stop()
  }, patienceMs)
  afterAll(() => spaces.remove(), patienceMs)

  it(
    'new marts are not finished, and the old ones go on answering',
    async () => {
      const manifest = join(spaces.folder, 'manifest.json')
      writeFileSync(manifest, JSON.stringify(spaces.known('s1')))
      const marts = join(spaces.folder, 'marts')
      const { size } = statSync(join(marts, 's1', 'mart.duckdb'))
      // Less than the marts take, in units of 512 or 1024 bytes, whatever the shell's.
      const limit = Math.floor(size / 4 / 1024)
      const shell = spawn(
        'sh',
        [
          '-c',
          `ulimit -f ${limit}; exec "$@"`,
          'sh',
          process.execPath,
          '--conditions=@pf/source',
          '--disable-warning=ExperimentalWarning',
          script,
          marts,
          join(spaces.folder, 'objects'),
          manifest,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      expect(JSON.parse(await text(shell.stdout))).toEqual({
        before: 500,
        built: expect.stringMatching(/^Error: .*(write|file)/i),
        after: 500,
      })
      // With room again they are opened as they are, not built anew.
      const rebuilt: string[] = []
      const registry = createMartRegistry({
        folder: marts,
        models: loadModels(),
        bounds: defaultBounds,
        objects: openObjectStore(pathToFileURL(join(spaces.folder, 'objects')).href),
        manifest: async (spaceId) => spaces.known(spaceId),
        clock: systemClock,
        onRebuild: (_, reason) => rebuilt.push(reason),
      })
      const rows = await registry.read('s1', (ask) => ask('select count(*) as n from mart.main.fct_transactions'))
      await registry.stop()
      expect([rows, rebuilt]).toEqual([[{ n: 500n }], []])
    },
    patienceMs,
  )
})
