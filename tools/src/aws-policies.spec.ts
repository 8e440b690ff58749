import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, sources } from './sources.ts'

type Statement = { Sid: string; Effect: 'Allow' | 'Deny'; Action: string | string[]; Resource: string | string[] }
const statementsOf = (file: string): Statement[] =>
  (JSON.parse(readFileSync(join(root, 'deploy/aws', file), 'utf8')) as { Statement: Statement[] }).Statement
const listed = (one: string | string[]) => [one].flat()

/** What a command needs to be allowed (AWS: service authorization reference). */
const needs: Readonly<Record<string, readonly string[]>> = {
  GetObject: ['s3:GetObject'],
  PutObject: ['s3:PutObject'],
  DeleteObject: ['s3:DeleteObject'],
  // Each is named with its version, and without one where the bucket never had any.
  DeleteObjects: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  ListObjectsV2: ['s3:ListBucket'],
  ListObjectVersions: ['s3:ListBucketVersions'],
  GetParameter: ['ssm:GetParameter', 'kms:Decrypt'],
  GetParametersByPath: ['ssm:GetParametersByPath', 'kms:Decrypt'],
}
/** At a server of one's own alone (`endpoint=`): at AWS a bucket is its owner's to make. */
const neverAtAws = ['CreateBucket']
/** Of S3 in our name, where the bucket's default is a key of KMS. */
const ofEncryption = ['kms:Decrypt', 'kms:GenerateDataKey']

/** Commands of AWS' SDK that the product sends; what only specs and their servers send is not in the product. */
function sent(): string[] {
  const product = sources().filter(
    ({ path, imports }) =>
      imports.some((from) => from.startsWith('@aws-sdk/')) && !/\.spec\.ts$|\/testing\/|^bench\/|^e2e\//.test(path),
  )
  const found = product.flatMap(({ text }) =>
    [...text.matchAll(/new (\w+)Command\(/g)].map(([, command = '']) => command),
  )
  return [...new Set(found)].filter((command) => !neverAtAws.includes(command)).sort()
}

describe("the services' policy at AWS", () => {
  const allowed = statementsOf('services.policy.json').flatMap(({ Action }) => listed(Action))

  it('allows what the code sends, and nothing else', () => {
    expect(sent()).toEqual(Object.keys(needs).sort())
    const needed = new Set([...sent().flatMap((command) => needs[command] ?? []), ...ofEncryption])
    expect([...new Set(allowed)].sort()).toEqual([...needed].sort())
  })

  it('allows it on what is named, without a wildcard for an action, a bucket, a key or a path', () => {
    for (const { Sid, Effect, Action, Resource } of statementsOf('services.policy.json')) {
      expect([Sid, Effect]).toEqual([Sid, 'Allow'])
      for (const action of listed(Action)) expect(action).not.toContain('*')
      for (const resource of listed(Resource)) expect(resource.replace(/\/PREFIX\/\*$/, '')).not.toContain('*')
    }
  })

  it('may take nothing away from the ledger, whose bucket refuses it besides', () => {
    const onLedger = statementsOf('services.policy.json').filter(({ Resource }) =>
      listed(Resource).some((one) => one.includes('LEDGER_BUCKET')),
    )
    expect(onLedger.flatMap(({ Action }) => listed(Action)).sort()).toEqual([
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ])
    const refused = statementsOf('ledger-bucket.policy.json').filter(({ Effect }) => Effect === 'Deny')
    expect(refused.flatMap(({ Action }) => listed(Action))).toEqual(
      expect.arrayContaining(['s3:DeleteObject', 's3:DeleteObjectVersion']),
    )
  })
})
