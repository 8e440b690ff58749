import { openObjectStore } from './index.ts'

describe('the URL of an object store', () => {
  it.each(['', 'objects', 'http://127.0.0.1/x', 's3:///prefix', 's3://bucket/a b', 'file:'])(
    'is refused as %j',
    (url) => {
      expect(() => openObjectStore(url)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/invalid|ERR_/i) }),
      )
    },
  )

  it.each(['file:///var/lib/pf', 's3://bucket', 's3://bucket/cell-1?endpoint=http://127.0.0.1:1&region=eu-west-2'])(
    'opens nothing before it is used: %s',
    (url) => {
      expect(openObjectStore(url)).toHaveProperty('put')
    },
  )
})
