import { randomBytes, randomUUID } from 'node:crypto'
import type { Platform } from './platform.ts'
import { keepSealed, readSealed } from './sealed-files.ts'
import { createMemoryPlatform } from './testing/index.ts'

const megabytes = 1024 * 1024
const never = new AbortController().signal

describe('a file kept sealed', () => {
  let platform: Platform
  let spaceId: string
  beforeAll(async () => {
    platform = await createMemoryPlatform()
  })
  beforeEach(async () => {
    spaceId = randomUUID()
    await platform.keys.createSpaceKey(spaceId)
  })
  afterAll(() => platform.close())

  const place = () => ({ spaceId, folder: `export/${spaceId}/one` })
  async function* from(content: Uint8Array, chunk: number) {
    for (let at = 0; at < content.length; at += chunk) yield content.subarray(at, at + chunk)
  }
  const keep = async (content: Uint8Array, chunk = 300_000) => ({
    ...(await keepSealed(platform, place(), from(content, chunk), never)),
    folder: place().folder,
  })
  const read = async (file: Awaited<ReturnType<typeof keep>>, whose = spaceId) => {
    const pieces: Uint8Array[] = []
    for await (const piece of readSealed(platform, whose, file)) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  const there = async () => {
    const keys: string[] = []
    for await (const { key } of platform.objects.list(`export/${spaceId}/`)) keys.push(key)
    return keys.sort()
  }

  it.each([0, 1, 4 * megabytes, 9 * megabytes + 17])(
    'is read as it was written: %d bytes',
    async (size) => {
      const content = randomBytes(size)
      for (const chunk of [300_000, 20 * megabytes]) {
        const file = await keep(content, chunk)
        expect([file.bytes, file.pieces]).toEqual([size, Math.ceil(size / (4 * megabytes))])
        expect((await read(file)).equals(content)).toBe(true)
      }
    },
    60_000,
  )

  it('begins anew over what an earlier attempt left', async () => {
    await keep(randomBytes(9 * megabytes))
    const content = Buffer.from('less than before')
    const file = await keep(content)
    expect(await there()).toEqual([`export/${spaceId}/one/0`])
    expect(await read(file)).toEqual(content)
  })

  it('rests sealed, for its space alone', async () => {
    const file = await keep(Buffer.from('what a bank said'))
    const resting = Buffer.from(await platform.objects.get(`${file.folder}/0`))
    expect(resting.includes('bank')).toBe(false)
    const other = randomUUID()
    await platform.keys.createSpaceKey(other)
    await platform.keys.createAccountKey(other, other)
    await expect(read(file, other)).rejects.toThrow()
  })

  it('never looks whole where pieces were exchanged or lost', async () => {
    const file = await keep(randomBytes(9 * megabytes))
    const [first, second] = [
      await platform.objects.get(`${file.folder}/0`),
      await platform.objects.get(`${file.folder}/1`),
    ]
    await platform.objects.put(`${file.folder}/0`, second)
    await platform.objects.put(`${file.folder}/1`, first)
    await expect(read(file)).rejects.toMatchObject({ code: 'object_not_found' })
    await platform.objects.delete(`${file.folder}/1`)
    await expect(read(file)).rejects.toMatchObject({ code: 'object_not_found' })
  })

  it('is not finished for who is told to stop', async () => {
    const stop = new AbortController()
    async function* endless() {
      for (;;) {
        yield randomBytes(megabytes)
        stop.abort(new Error('stopped'))
      }
    }
    await expect(keepSealed(platform, place(), endless(), stop.signal)).rejects.toThrow('stopped')
  })
})
