import { fileURLToPath } from 'node:url'
import { openDirectory } from './directory.ts'
import type { Credentials, ObjectStore } from './port.ts'
import type { BucketPlace } from './s3.ts'

export {
  type Credentials,
  checkKey,
  checkPrefix,
  InvalidKey,
  ObjectNotFound,
  type ObjectStore,
  type StoredObject,
} from './port.ts'

export class InvalidStoreUrl extends Error {
  readonly code = 'object_store_url_invalid'

  constructor(found: string) {
    super(
      `object_store_url_invalid: found ${found}, expected file:///folder or s3://bucket/prefix?endpoint=…&region=…; set PF_OBJECTS`,
    )
    this.name = 'InvalidStoreUrl'
  }
}

/**
 * Opens the store that a URL names: `file:///folder`, or `s3://bucket/prefix?endpoint=…&region=…` (`endpoint` for an S3
 * other than AWS, addressed by path; `region` defaults to us-east-1). Without `credentials` an S3 store takes those of
 * the SDK's default chain. Throws InvalidStoreUrl.
 */
export function openObjectStore(url: string, credentials?: Credentials): ObjectStore {
  if (!URL.canParse(url)) throw new InvalidStoreUrl('no URL')
  const parsed = new URL(url)
  if (parsed.protocol === 'file:') {
    if (parsed.hostname !== '' || parsed.pathname === '/') throw new InvalidStoreUrl('file: without a folder')
    return openDirectory(fileURLToPath(parsed))
  }
  if (parsed.protocol === 's3:') return bucketWhenUsed(placeOf(parsed), credentials)
  throw new InvalidStoreUrl(`the scheme ${parsed.protocol}`)
}

/**
 * Before the first use of a store, where it is ours to make: the bucket of an S3 server of one's own (`endpoint`), if it is
 * not there. A bucket at AWS is its owner's to make, with the rules that belong to it (deploy/aws); a folder makes itself.
 */
export async function prepareObjectStore(url: string, credentials?: Credentials): Promise<void> {
  if (!url.startsWith('s3:')) return
  const place = placeOf(new URL(url))
  if (place.endpoint === undefined) return
  const { makeBucket } = await import('./s3.ts')
  await makeBucket(place, credentials)
}

/** The SDK is loaded where there is a bucket alone: a machine of one's own has a folder. */
function bucketWhenUsed(place: BucketPlace, credentials: Credentials | undefined): ObjectStore {
  let opened: Promise<ObjectStore> | undefined
  const bucket = () => {
    opened ??= import('./s3.ts').then(({ openBucket }) => openBucket(place, credentials))
    return opened
  }
  return {
    put: async (key, body, options) => (await bucket()).put(key, body, options),
    get: async (key) => (await bucket()).get(key),
    download: async (key, path) => (await bucket()).download(key, path),
    async *list(prefix) {
      yield* (await bucket()).list(prefix)
    },
    delete: async (key) => (await bucket()).delete(key),
    deleteAll: async (folder) => (await bucket()).deleteAll(folder),
  }
}

function placeOf(url: URL): BucketPlace {
  if (url.hostname === '') throw new InvalidStoreUrl('s3: without a bucket')
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  const endpoint = url.searchParams.get('endpoint')
  return {
    bucket: url.hostname,
    prefix: path === '' ? '' : `${checkedPath(path)}/`,
    ...(endpoint === null ? {} : { endpoint }),
    region: url.searchParams.get('region') ?? 'us-east-1',
  }
}

function checkedPath(path: string): string {
  if (!/^[A-Za-z0-9_=.-]+(?:\/[A-Za-z0-9_=.-]+)*$/.test(path)) throw new InvalidStoreUrl('s3: with a strange prefix')
  return path
}
