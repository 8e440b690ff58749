import { randomUUID } from 'node:crypto'
import { fetchPassed, passOn } from './passing-files.ts'
import type { Platform } from './platform.ts'
import { createMemoryPlatform } from './testing/index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
async function* from(...pieces: string[]) {
  for (const piece of pieces) yield bytes(piece)
}

describe('a file on its way', () => {
  let platform: Platform
  let spaceId: string
  const never = new AbortController().signal
  beforeAll(async () => {
    platform = await createMemoryPlatform()
  })
  beforeEach(async () => {
    spaceId = randomUUID()
    await platform.keys.createSpaceKey(spaceId)
  })
  afterAll(() => platform.close())

  const kept = async () => {
    const keys: string[] = []
    for await (const { key } of platform.objects.list('download/')) keys.push(key)
    return keys.sort()
  }
  const pass = (id: string, signal: AbortSignal, ...pieces: string[]) =>
    passOn(platform, { spaceId, id }, from(...pieces), signal)

  it('arrives piece by piece, and is gone then', async () => {
    const passed = await pass('one', never, 'first ', 'second ', 'third')
    expect(await kept()).toEqual([0, 1, 2].map((n) => `download/${spaceId}/one/${n}`))
    let read = ''
    for await (const piece of fetchPassed(platform, spaceId, passed)) {
      read += new TextDecoder().decode(piece)
      expect(await kept()).toHaveLength(3 - read.split(' ').filter(Boolean).length + 1)
    }
    expect(read).toBe('first second third')
    expect(await kept()).toEqual([])
  })

  it('rests sealed', async () => {
    const [piece] = await pass('sealed', never, 'what a bank said')
    const resting = await platform.objects.get(piece?.key ?? '')
    expect(Buffer.from(resting).includes('bank')).toBe(false)
    for await (const _ of fetchPassed(platform, spaceId, [piece!]));
  })

  it('is gone where its reader leaves in the middle', async () => {
    const passed = await pass('left', never, 'first', 'second', 'third')
    for await (const _ of fetchPassed(platform, spaceId, passed)) break
    expect(await kept()).toEqual([])
  })

  it('is gone where its maker is told to stop', async () => {
    const stop = new AbortController()
    async function* stopping() {
      yield bytes('first')
      stop.abort(new Error('left'))
      yield bytes('second')
    }
    await expect(passOn(platform, { spaceId, id: 'stopped' }, stopping(), stop.signal)).rejects.toThrow('left')
    expect(await kept()).toEqual([])
  })
})
