import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readMasterKey } from './master-key.ts'

const key = Buffer.alloc(32, 7).toString('base64url')

type Stored = { Type: string; Value: string }

/** The JSON protocol of AWS Systems Manager, of one operation; it decrypts where it is asked to. */
async function startParameters(stored: Readonly<Record<string, Stored>>) {
  const asked: { target: unknown; authorization: unknown; body: unknown }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { Name: string; WithDecryption?: boolean }
    const { 'x-amz-target': target, authorization } = request.headers
    asked.push({ target, authorization, body })
    const found = stored[body.Name]
    const refusal =
      body.Name === '/denied' ? 'AccessDeniedException' : found === undefined ? 'ParameterNotFound' : undefined
    response.writeHead(refusal === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' })
    const Value = body.WithDecryption === true || found?.Type !== 'SecureString' ? found?.Value : 'encrypted'
    response.end(
      JSON.stringify(refusal === undefined ? { Parameter: { Name: body.Name, ...found, Value } } : { __type: refusal }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  const read = (name: string) => readMasterKey({ of: 'ssm', parameter: { name, endpoint, credentials } })
  return { asked, read, stop: () => new Promise((resolve) => server.close(resolve)) }
}

describe('the master key in the environment', () => {
  it('is its 32 bytes', async () => {
    expect(await readMasterKey({ of: 'environment', text: `${key}\n` })).toEqual(new Uint8Array(32).fill(7))
  })

  it('is refused where it is none, and never repeated', async () => {
    const read = readMasterKey({ of: 'environment', text: `${key}AA` })
    await expect(read).rejects.toMatchObject({
      code: 'master_key_malformed',
      message: expect.not.stringContaining(key),
    })
  })
})

describe('the master key in AWS Systems Manager', () => {
  let parameters: Awaited<ReturnType<typeof startParameters>>
  const before = process.env['AWS_REGION']
  beforeAll(async () => {
    process.env['AWS_REGION'] = 'eu-west-2'
    parameters = await startParameters({
      '/pf/key': { Type: 'SecureString', Value: key },
      '/pf/plain': { Type: 'String', Value: key },
      '/pf/short': { Type: 'SecureString', Value: 'hunter2' },
    })
  })
  afterAll(async () => {
    if (before === undefined) delete process.env['AWS_REGION']
    else process.env['AWS_REGION'] = before
    await parameters.stop()
  })

  it('is a SecureString, decrypted, asked for by a signed request', async () => {
    expect(await parameters.read('/pf/key')).toEqual(new Uint8Array(32).fill(7))
    expect(parameters.asked[0]).toMatchObject({
      target: 'AmazonSSM.GetParameter',
      authorization: expect.stringContaining('/eu-west-2/ssm/aws4_request'),
      body: { Name: '/pf/key', WithDecryption: true },
    })
  })

  it.each([
    ['/pf/none', 'master_key_missing'],
    ['/pf/plain', 'master_key_open'],
    ['/pf/short', 'master_key_malformed'],
    ['/denied', 'master_key_unreachable'],
  ])('is refused in words: %s is %s', async (name, code) => {
    await expect(parameters.read(name)).rejects.toMatchObject({
      name: 'MasterKeyRefused',
      code,
      message: expect.stringContaining(name),
    })
  })
})
