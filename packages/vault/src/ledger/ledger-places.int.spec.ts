import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openObjectStore } from '@pf/object-store'
import { beginErasureLedger, type LedgerPlace, openErasureLedger } from './erasure-ledger.ts'
import { ledgerFolder, ledgerObjects } from './ledger-places.ts'

const made = { now: () => new Date('2026-03-01T10:00:00.000Z'), uuid: () => '01890000-0000-7000-8000-000000000001' }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pf-ledger-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe.each<[string, () => LedgerPlace]>([
  ['in a folder', () => ledgerFolder(join(folder, 'ledger'))],
  ['in an object store', () => ledgerObjects(openObjectStore(`file://${folder}/objects`), 'objects')],
])('an erasure ledger %s', (_, place) => {
  it('is there after it was closed, line by line', async () => {
    const ledger = await beginErasureLedger(place(), made)
    await ledger.append({ fact: 'erasing', erasureId: 'a', scope: { of: 'space', spaceId: 'one' } })
    const again = await openErasureLedger(place(), made)
    expect(await again?.entries()).toEqual(await ledger.entries())
  })

  it('never writes a line over another', async () => {
    const one = place()
    expect(await one.write(1, 'first\n')).toBe(true)
    expect(await place().write(1, 'second\n')).toBe(false)
    expect(await one.read(1)).toBe('first\n')
  })
})

describe('the folder of a ledger', () => {
  it('is read by nobody else, and a write that was torn is no line', async () => {
    const ledger = await beginErasureLedger(ledgerFolder(join(folder, 'ledger')), made)
    await writeFile(join(folder, 'ledger', '.torn.new'), '{"seq":2')
    await ledger.append({ fact: 'erased', erasureId: 'a' })
    expect((await readdir(join(folder, 'ledger'))).filter((name) => name.endsWith('.json'))).toHaveLength(2)
    expect((await stat(join(folder, 'ledger'))).mode & 0o077).toBe(0)
    expect((await stat(join(folder, 'ledger', '0000000001.json'))).mode & 0o077).toBe(0)
  })
})
