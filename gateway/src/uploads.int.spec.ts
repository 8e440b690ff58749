import type { Rest } from '@pf/contracts'
import { runGateway, sam } from './testing/running-gateway.ts'

let running: Awaited<ReturnType<typeof runGateway>>
let authorization: string
beforeAll(async () => {
  running = await runGateway()
  authorization = `Bearer ${await running.token()}`
}, 30_000)
afterAll(() => running.stop())

function form(fields: Record<string, string>, file?: Uint8Array<ArrayBuffer>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  if (file !== undefined) data.set('file', new Blob([file]), 'statement.csv')
  return data
}
const send = (body: FormData | string, path = '/imports', headers: Record<string, string> = {}) =>
  fetch(`${running.apiUrl}${path}`, { method: 'POST', headers: { authorization, ...headers }, body })
const refusal = async (answer: Response) => ({
  status: answer.status,
  code: ((await answer.json()) as Rest.Problem).code,
})
const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text))

describe('an uploaded statement', () => {
  it('reaches the service sealed, is named there with its hash, and is gone afterwards', async () => {
    const answer = await send(form({ dry_run: 'true' }, bytes('Date,Amount\n')))
    expect(await answer.json()).toMatchObject({ status: 'mapping_needed', file_name: 'statement.csv' })
    const [upload] = running.uploads
    expect(upload).toMatchObject({ spaceId: sam.spaceId, plain: 'Date,Amount\n' })
    const left: string[] = []
    for await (const { key } of running.platform.objects.list('upload/')) left.push(key)
    expect(left).toEqual([])
  })

  it.each([
    ['no file', () => form({ dry_run: 'true' }), 422, 'invalid_input'],
    ['an empty file', () => form({}, bytes('')), 422, 'invalid_input'],
    ['a field that is not known', () => form({ currency: '"GBP"' }, bytes('a')), 422, 'invalid_input'],
    ['a field that is no JSON', () => form({ mapping: '{' }, bytes('a')), 422, 'invalid_input'],
    ['a mapping that is none', () => form({ mapping: '{"columns":1}' }, bytes('a')), 422, 'invalid_input'],
    ['JSON', () => '{}', 415, 'unsupported_media_type'],
    ['more than 50 MB', () => form({}, new Uint8Array(50 * 1024 * 1024 + 1)), 413, 'statement_too_large'],
    ['columns that nobody understands', () => form({}, bytes('Date,Amount\n')), 422, 'mapping_needed'],
  ])('is refused with %s', async (_, body, status, code) => {
    const said = body()
    const headers: Record<string, string> = typeof said === 'string' ? { 'content-type': 'application/json' } : {}
    expect(await refusal(await send(said, '/imports', headers))).toEqual({ status, code })
  })

  it('is the only form that is taken', async () => {
    expect(await refusal(await send(form({}, bytes('a')), '/connections/c-1/sync'))).toEqual({
      status: 415,
      code: 'unsupported_media_type',
    })
  })

  it('under an Idempotency-Key that came with another file is refused', async () => {
    const headers = { 'idempotency-key': 'k-1' }
    await send(form({ dry_run: 'true' }, bytes('one')), '/imports', headers)
    expect(await refusal(await send(form({ dry_run: 'true' }, bytes('two')), '/imports', headers))).toEqual({
      status: 422,
      code: 'idempotency_key_reused',
    })
  })
})
