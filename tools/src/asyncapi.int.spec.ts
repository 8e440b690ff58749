import { createRequire } from 'node:module'
import { requests, type UserEvent, userEvents } from '@pf/contracts'
import { createCommandHandler, type RawMessage, systemClock, systemIds } from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { openSealer } from '@pf/eventing/testing'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { Ajv } from 'ajv'
import { asyncapiDocument } from './asyncapi/document.ts'

const document = asyncapiDocument()
// The official schema brings draft-07 along as a definition of its own: Ajv's copy would be a second one.
const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false, validateFormats: false })

function faults(schema: object, value: unknown): string[] {
  const validate = ajv.compile(schema)
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
const ofDocument = (pointer: string) => ({ ...document, $ref: `#/components/${pointer}` })

const events: UserEvent[] = [
  {
    type: 'UserRegistered',
    data: {
      userId: '01890000-0000-7000-8000-000000000001',
      spaceId: '01890000-0000-7000-8000-000000000002',
      username: 'alice',
      roles: ['user'],
      registeredAt: '2026-11-01T12:00:00Z',
    },
  },
]

async function appended(): Promise<RawMessage> {
  const log = createMemoryLog({ clock: systemClock })
  const decider = { initial: 0, decide: () => events, evolve: (count: number) => count + 1 }
  const parts = { log, sealer: openSealer(), clock: systemClock, ids: systemIds }
  const users = createCommandHandler({ ...userEvents, decider }, parts)
  await users.handle({ spaceId: 'sys', aggregateId: 'one' }, {}, { commandId: 'c1', causationId: 'c0' })
  const message = await log.read('auth', 1)
  if (message === undefined) throw new Error('Nothing was appended.')
  return message
}

/** The one request that a call puts on the wire. */
async function asked() {
  const platform = await createMemoryPlatform()
  try {
    const heard = Promise.withResolvers<{ subject: string; headers: object; body: unknown }>()
    platform.wire.subscribe('svc.*.*', ({ subject, headers, body }) =>
      heard.resolve({ subject, headers, body: JSON.parse(new TextDecoder().decode(body)) }),
    )
    const principal = { userId: 'u', spaceId: 's', sessionId: 'x', roles: [] }
    const call = platform.bus.call(requests.connection.institutions, { country: 'GB' }, { principal })
    const message = await heard.promise
    platform.bus.close()
    await expect(call).rejects.toMatchObject({ code: 'unavailable' })
    return message
  } finally {
    await platform.close()
  }
}

describe('the AsyncAPI document', () => {
  it('is one by the official schema of AsyncAPI 3.0', () => {
    const load: (name: string) => object = createRequire(import.meta.url)
    const official = load('@asyncapi/specs/schemas/3.0.0.json')
    expect(faults(official, { ...document, channels: 1 })).not.toEqual([])
    expect(faults(official, document)).toEqual([])
  })

  it('describes a message as the log keeps it', async () => {
    const { headers } = await appended()
    const schema = ofDocument('schemas/EventHeaders')
    expect(faults(schema, headers)).toEqual([])
    const { 'es-hash': _, ...without } = headers
    expect(faults(schema, without)).not.toEqual([])
    const known = (document as { components: { schemas: { EventHeaders: { properties: object } } } }).components.schemas
      .EventHeaders.properties
    expect(Object.keys(headers).filter((name) => !(name in known))).toEqual([])
  })

  it('describes a body as it is opened', () => {
    const schema = ofDocument('messages/auth.user/payload')
    const written = events.map(({ type, data }) => ({ type, v: 1, data }))
    expect(faults(schema, { events: written })).toEqual([])
    expect(faults(schema, { events: written.map((event) => ({ ...event, v: 2 })) })).not.toEqual([])
    expect(faults(schema, { events: [] })).not.toEqual([])
  })

  it('describes a request as it is asked', async () => {
    const { subject, headers, body } = await asked()
    expect((document as { channels: Record<string, { address: string }> }).channels[subject]?.address).toBe(subject)
    expect(faults(ofDocument('schemas/RequestHeaders'), headers)).toEqual([])
    expect(faults(ofDocument(`messages/${subject}/payload`), body)).toEqual([])
    expect(faults(ofDocument(`messages/${subject}/payload`), {})).not.toEqual([])
  })
})
