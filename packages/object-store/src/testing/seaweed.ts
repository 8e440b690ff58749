import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { composedImage, freePorts, onContainers, startContainer } from '@pf/eventing/testing'
import type { Credentials } from '../port.ts'

/** A real S3 server (SeaweedFS) of a test's own, in a temporary folder, on 127.0.0.1. */
export interface Seaweed {
  endpoint: string
  credentials: Credentials
  /** Where its volumes and its index lie. */
  folder: string
  /** `versioned`: what is written over or deleted stays as an older version. */
  createBucket(name: string, options?: { versioned: boolean }): Promise<void>
  /** Every version of every object: its key, and its bytes. */
  versionsIn(bucket: string): AsyncIterable<{ key: string; bytes: Uint8Array }>
  /** Writes its volumes anew without what was deleted; by itself it does that in its own time. */
  vacuum(): Promise<void>
  stop(): Promise<void>
}

const START_WITHIN_MS = 30_000

/** The composition's image (PF_TEST_SERVERS), or the program: `PF_WEED`, else `weed` on the PATH, else `.cache/bin/weed` of the checkout; undefined where there is none. */
export function weedBinary(): string | undefined {
  if (onContainers()) return composedImage('s3')
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'weed'))
  const cached = join(import.meta.dirname, '../../../../.cache/bin/weed')
  return [process.env['PF_WEED'], ...onPath, cached].find((path) => path !== undefined && existsSync(path))
}

export const startSeaweed = (binary: string): Promise<Seaweed> =>
  onContainers() ? startInContainer() : startProgram(binary)

async function startInContainer(): Promise<Seaweed> {
  const credentials = { accessKeyId: 'pf-test', secretAccessKey: 'pf-test-secret' }
  const [s3, master] = [8333, 9333]
  const container = await startContainer({
    service: 's3',
    ports: [s3, master],
    command: ['server', '-dir=/data', '-s3', '-ip.bind=0.0.0.0', '-master.telemetry=false', '-volume.max=0'],
    environment: { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    ready: (wait) => wait.forHttp('/healthz', s3),
  })
  const at = (port: number) => `http://${container.getHost()}:${container.getMappedPort(port)}`
  const stop = async () => void (await container.stop())
  return opened({ endpoint: at(s3), master: at(master), credentials, folder: '/data in the container', stop })
}

async function startProgram(binary: string): Promise<Seaweed> {
  const folder = await mkdtemp(join(tmpdir(), 'pf-weed-'))
  const credentials = { accessKeyId: 'pf-test', secretAccessKey: 'pf-test-secret' }
  const identity = { name: 'pf', credentials: [{ accessKey: 'pf-test', secretKey: 'pf-test-secret' }] }
  const actions = ['Admin', 'Read', 'Write', 'List', 'Tagging']
  await writeFile(join(folder, 's3.json'), JSON.stringify({ identities: [{ ...identity, actions }] }))

  // SeaweedFS also takes each port + 10000, for gRPC.
  const ports = await freePorts(5, 10_000)
  const [s3, filer, master, volume, admin] = ports.map(String)
  const child = spawn(
    binary,
    // Telemetry is on by default, and so is listening on every address.
    ['mini', `-dir=${folder}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-s3.port=${s3}`, `-s3.config=${folder}/s3.json`]
      .concat(['-master.telemetry=false', '-webdav=false', '-admin.ui=false', '-s3.port.iceberg=0', '-s3.port.lance=0'])
      .concat([`-filer.port=${filer}`, `-master.port=${master}`, `-volume.port=${volume}`, `-admin.port=${admin}`]),
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4_000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  const endpoint = `http://127.0.0.1:${s3}`
  try {
    await answers(endpoint, () => child.exitCode !== null)
  } catch (error) {
    await stop()
    throw new Error(`seaweed_not_started: ${binary} did not answer at ${endpoint}; it said: ${said}`, { cause: error })
  }
  return opened({ endpoint, master: `http://127.0.0.1:${master}`, credentials, folder, stop })
}

type Server = Pick<Seaweed, 'endpoint' | 'folder' | 'credentials' | 'stop'> & { master: string }

function opened({ endpoint, master, credentials, folder, stop }: Server): Seaweed {
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  return {
    endpoint,
    credentials,
    folder,
    async createBucket(Bucket, { versioned } = { versioned: false }) {
      await client.send(new CreateBucketCommand({ Bucket }))
      if (!versioned) return
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    },
    versionsIn: (bucket) => versionsIn(client, bucket),
    async vacuum() {
      const answer = await fetch(`${master}/vol/vacuum?garbageThreshold=0.00001`)
      if (!answer.ok) throw new Error(`seaweed_not_vacuumed: the master answered ${answer.status}`)
    },
    async stop() {
      client.destroy()
      await stop()
    },
  }
}

async function* versionsIn(client: S3Client, Bucket: string): AsyncGenerator<{ key: string; bytes: Uint8Array }> {
  let after: { KeyMarker?: string; VersionIdMarker?: string } = {}
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, ...after }))
    for (const { Key, VersionId } of page.Versions ?? []) {
      if (Key === undefined) continue
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }))
      yield { key: Key, bytes: (await Body?.transformToByteArray()) ?? new Uint8Array() }
    }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return
    after = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker && { VersionIdMarker: page.NextVersionIdMarker }),
    }
  }
}

/** Any answer counts: without credentials it is 403. */
async function answers(endpoint: string, gone: () => boolean): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS
  for (;;) {
    const answered = await fetch(endpoint).then(
      (response) => response.status < 500,
      () => false,
    )
    if (answered) return
    if (gone()) throw new Error('it ended')
    if (Date.now() > deadline) throw new Error(`no answer within ${START_WITHIN_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
