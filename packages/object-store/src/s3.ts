import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  BucketAlreadyExists,
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { type Credentials, checkKey, checkPrefix, ObjectNotFound, type ObjectStore } from './port.ts'

export interface BucketPlace {
  bucket: string
  /** Empty, or ends in `/`. */
  prefix: string
  endpoint?: string
  region: string
}

/** A race of writers on one key may answer 409 (AWS documents: try again); more than this is a fault. */
const CONFLICT_ATTEMPTS = 5

function clientOf(place: BucketPlace, credentials: Credentials | undefined): S3Client {
  return new S3Client({
    region: place.region,
    ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  })
}

/** One that is there stays as it is. */
export async function makeBucket(place: BucketPlace, credentials: Credentials | undefined): Promise<void> {
  const client = clientOf(place, credentials)
  try {
    await client.send(new CreateBucketCommand({ Bucket: place.bucket }))
  } catch (error) {
    const isThere = error instanceof BucketAlreadyOwnedByYou || error instanceof BucketAlreadyExists
    if (!isThere) throw error
  } finally {
    client.destroy()
  }
}

/** An S3 bucket as an object store. `ifAbsent` is the conditional write `If-None-Match: *`. */
export function openBucket(place: BucketPlace, credentials: Credentials | undefined): ObjectStore {
  const client = clientOf(place, credentials)
  const at = (key: string) => ({ Bucket: place.bucket, Key: `${place.prefix}${checkKey(key)}` })

  async function read(key: string): Promise<NonNullable<GetObjectCommandOutput['Body']>> {
    const address = at(key)
    try {
      const { Body } = await client.send(new GetObjectCommand(address))
      if (Body === undefined) throw new ObjectNotFound(key)
      return Body
    } catch (error) {
      throw isMissing(error) ? new ObjectNotFound(key, { cause: error }) : error
    }
  }

  return {
    async put(key, body, options = {}) {
      const address = at(key)
      const condition = options.ifAbsent === true ? { IfNoneMatch: '*' } : {}
      for (let attempt = 1; ; attempt++) {
        try {
          await client.send(new PutObjectCommand({ ...address, ...condition, Body: body }))
          return { created: true }
        } catch (error) {
          const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
          if (options.ifAbsent === true && status === 412) return { created: false }
          if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw error
        }
      }
    },

    async get(key) {
      return (await read(key)).transformToByteArray()
    },

    async download(key, path) {
      const body = await read(key)
      if (!(body instanceof Readable))
        throw new TypeError('object_body_unexpected: found a body that is no Node stream')
      await pipeline(body, createWriteStream(path, { mode: 0o600, flush: true }))
    },

    async *list(prefix) {
      checkPrefix(prefix)
      let token: string | undefined
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: place.bucket,
            Prefix: `${place.prefix}${prefix}`,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        for (const { Key, Size, LastModified } of page.Contents ?? []) {
          // A server that does not say when is taken to say just now: nothing is deleted for its age.
          const facts = { size: Size ?? 0, modifiedAt: LastModified ?? new Date() }
          if (Key !== undefined) yield { key: Key.slice(place.prefix.length), ...facts }
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined
      } while (token !== undefined)
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key)))
    },

    async deleteAll(folder) {
      const { Bucket, Key } = at(folder)
      const objects = new Set<string>()
      for (;;) {
        // Always the first page: what it names is gone before the next question.
        const page = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: `${Key}/` }))
        const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
          Key === undefined ? [] : [{ Key, ...(VersionId === undefined ? {} : { VersionId }) }],
        )
        if (found.length === 0) return objects.size
        for (const one of page.Versions ?? []) if (one.Key !== undefined) objects.add(one.Key)
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects: found, Quiet: true } }),
        )
        const [failed] = Errors
        if (failed !== undefined) throw new ObjectsNotDeleted(folder, Errors.length, failed.Code ?? 'no code')
      }
    },
  }
}

/** A bucket that forbids deleting (a lock, a policy) keeps what was to be erased. */
export class ObjectsNotDeleted extends Error {
  readonly code = 'objects_not_deleted'
  constructor(folder: string, count: number, found: string) {
    super(
      `objects_not_deleted: ${count} objects below ${folder} were refused (${found}); allow s3:DeleteObjectVersion there`,
    )
    this.name = 'ObjectsNotDeleted'
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'NoSuchKey'
}
