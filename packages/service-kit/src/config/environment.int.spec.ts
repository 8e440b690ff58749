import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { envExample } from './env-example.ts'
import { readEnvironment } from './environment.ts'
import { platformShape } from './platform-config.ts'

describe('the environment', () => {
  it('is that of the process over what .env says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pf-env-'))
    await writeFile(join(folder, '.env'), 'PF_ONE_OF_ENV="from the file"\nPATH=never\n# PF_TWO=2\n')
    const environment = readEnvironment(folder)
    await rm(folder, { recursive: true })
    expect(environment['PF_ONE_OF_ENV']).toBe('from the file')
    expect(environment['PATH']).not.toBe('never')
    expect(environment['PF_TWO']).toBeUndefined()
  })
})

describe('.env.example', () => {
  it('lists every setting as the code knows it (npm run env:example -w @pf/service-kit writes it)', async () => {
    const written = await readFile(new URL('../../../../.env.example', import.meta.url), 'utf8')
    expect(written).toBe(envExample(platformShape))
  })
})
