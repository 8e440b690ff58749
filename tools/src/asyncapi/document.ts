import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { aggregates, callsOf, contexts, type Operation, Principal, readsOf, refusals, requests } from '@pf/contracts'
import { root } from '../sources.ts'
import { eventHeaders, problemHeaders, replyHeaders, requestHeaders } from './envelope.ts'
import { wordsIn } from './words.ts'

type Node = Record<string, unknown>
const ref = (...path: string[]) => ({ $ref: `#/${path.map((part) => part.replaceAll('/', '~1')).join('/')}` })
/** What JSON keeps of a schema: TypeBox's own marks are no part of it. */
const plain = (schema: object): Node => JSON.parse(JSON.stringify(schema)) as Node
const streamOf = (context: string) => `EVT_${context.toUpperCase()}`

type EventVersion = { context: string; aggregate: string; type: string; version: number; schema: Node }

/** Every version that was ever released, by the goldens: an old one still stands in somebody's log. */
export function eventVersions(): EventVersion[] {
  const folder = join(root, 'contracts', 'goldens')
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const [context = '', aggregate = '', type = '', version = ''] = name.split('.')
      const schema = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Node
      return { context, aggregate, type, version: Number(version.slice(1)), schema }
    })
}

const schemaName = ({ context, type, version }: EventVersion) => `${context}.${type}.v${version}`

/** An event as it stands in an opened body. */
function eventSchema(event: EventVersion, words: string | undefined): Node {
  const { type, version, schema } = event
  return {
    title: `${type} v${version}`,
    ...(words === undefined ? {} : { description: words }),
    type: 'object',
    required: ['type', 'v', 'data'],
    properties: { type: { const: type }, v: { const: version }, data: schema },
    additionalProperties: false,
  }
}

function eventMessage(context: string, aggregate: string, versions: readonly EventVersion[]): Node {
  return {
    name: `${context}.${aggregate}`,
    title: `What one command did to one ${aggregate.replaceAll('_', ' ')}`,
    summary: versions.map(({ type, version }) => `${type} v${version}`).join(', '),
    description:
      'One command is one message. On the wire the body is the payload below as UTF-8 JSON, sealed by AES-256-GCM under the ' +
      'key that `es-key` names: version (1 byte), nonce (12), ciphertext, tag (16), with the additional data ' +
      '`JSON [subject, es-version, ce-id]`. Without the key of its space only the headers can be read.',
    contentType: 'application/json',
    headers: ref('components', 'schemas', 'EventHeaders'),
    correlationId: { location: '$message.header#/ce-correlationid' },
    payload: {
      type: 'object',
      required: ['events'],
      properties: {
        events: {
          type: 'array',
          minItems: 1,
          items: { oneOf: versions.map((version) => ref('components', 'schemas', schemaName(version))) },
        },
      },
    },
  }
}

const subjectParameters = {
  spaceId: { description: 'UUIDv7 of the space, or `sys` where an aggregate belongs to none.' },
  aggregateId: { description: 'Opaque id of the aggregate; made of no personal data.' },
}

function events(versions: readonly EventVersion[]) {
  const channels: Node = {}
  const operations: Node = {}
  const messages: Node = {}
  for (const { context, aggregate } of aggregates) {
    const id = `${context}.${aggregate}`
    const own = versions.filter((version) => version.context === context && version.aggregate === aggregate)
    messages[id] = eventMessage(context, aggregate, own)
    channels[id] = {
      address: `evt.${context}.${aggregate}.{spaceId}.{aggregateId}`,
      title: id,
      description: `One subject per aggregate, all in stream ${streamOf(context)}; appended with the subject's last sequence expected.`,
      parameters: subjectParameters,
      messages: { [id]: ref('components', 'messages', id) },
      tags: [{ name: 'event' }, { name: context }],
      'x-jetstream': { stream: streamOf(context) },
    }
    const operation = (action: 'send' | 'receive', service: string, summary: string) => ({
      action,
      channel: ref('channels', id),
      summary,
      messages: [ref('channels', id, 'messages', id)],
      tags: [{ name: 'event' }, { name: service }],
    })
    operations[`${context}.appends.${id}`] = operation('send', context, `${context} alone appends to it.`)
    const readers = Object.entries(readsOf).filter(([, reads]) => reads.includes(context))
    for (const reader of [context, ...readers.map(([name]) => name)])
      operations[`${reader}.reads.${id}`] = operation('receive', reader, `${reader} reads it.`)
  }
  return { channels, operations, messages }
}

function bus() {
  const channels: Node = {
    'svc.answer': {
      address: null,
      title: 'Answers',
      description: "The reply subject of the request: an inbox of the caller's.",
      messages: {
        answer: ref('components', 'messages', 'svc.answer'),
        problem: ref('components', 'messages', 'svc.problem'),
      },
      tags: [{ name: 'request' }],
    },
    'svc.cancel': {
      address: 'svc.{service}.cancel.{requestId}',
      title: 'Cancelled requests',
      description: 'The caller went away: whoever works on the request stops. No answer.',
      parameters: {
        service: { enum: [...contexts], description: 'That was asked.' },
        requestId: { description: '`pf-request-id` of the request.' },
      },
      messages: { cancel: ref('components', 'messages', 'svc.cancel') },
      tags: [{ name: 'request' }],
    },
  }
  const operations: Node = {}
  const messages: Node = {}
  const words = wordsIn('requests.ts')
  for (const [key, operation] of contexts.flatMap((service) => Object.entries<Operation>(requests[service]))) {
    const { service, operation: name } = operation
    const id = `svc.${service}.${name}`
    const sharded = service === 'analytics' && operation.anyReplica !== true
    const said = words.get(key)
    channels[id] = {
      address: sharded ? `svc.analytics.{shard}.${name}` : id,
      title: id,
      ...(sharded ? { parameters: { shard: { description: 'Hash of the space, modulo PF_ANALYTICS_SHARDS.' } } } : {}),
      messages: { request: ref('components', 'messages', id) },
      tags: [{ name: 'request' }, { name: service }],
    }
    messages[id] = {
      name: id,
      ...(said === undefined ? {} : { description: said }),
      contentType: 'application/json',
      headers: ref('components', 'schemas', 'RequestHeaders'),
      payload: plain(operation.input),
      'x-principal': operation.open === true ? 'none' : 'required',
    }
    const request = {
      channel: ref('channels', id),
      messages: [ref('channels', id, 'messages', 'request')],
      reply: {
        channel: ref('channels', 'svc.answer'),
        messages: ['answer', 'problem'].map((message) => ref('channels', 'svc.answer', 'messages', message)),
      },
    }
    operations[`${service}.answers.${name}`] = {
      action: 'receive',
      ...request,
      bindings: { nats: { queue: service } },
      tags: [{ name: 'request' }, { name: service }],
    }
    for (const [caller, calls] of Object.entries(callsOf))
      if (calls.includes(service))
        operations[`${caller}.asks.${service}.${name}`] = {
          action: 'send',
          ...request,
          tags: [{ name: 'request' }, { name: caller }],
        }
  }
  return { channels, operations, messages: { ...messages, ...answers } }
}

const answers: Node = {
  'svc.answer': {
    name: 'svc.answer',
    description:
      'A JSON document. Its type stands beside each operation in contracts/src/requests.ts; past 512 KiB it comes in parts.',
    contentType: 'application/json',
    headers: ref('components', 'schemas', 'ReplyHeaders'),
    payload: {},
  },
  'svc.problem': {
    name: 'svc.problem',
    description: 'A refusal: told from an answer by its header.',
    contentType: 'application/json',
    headers: ref('components', 'schemas', 'ProblemHeaders'),
    payload: ref('components', 'schemas', 'Problem'),
  },
  'svc.cancel': {
    name: 'svc.cancel',
    description: 'Empty.',
    headers: { type: 'object' },
    payload: { type: 'string', maxLength: 0 },
  },
}

const problem: Node = {
  type: 'object',
  required: ['code', 'detail'],
  properties: {
    code: { enum: [...refusals] },
    detail: { type: 'string', description: 'Found, expected, what to do; no personal data.' },
    retryAfterSeconds: { type: 'integer', minimum: 0 },
  },
}

/** The whole of the bus as one AsyncAPI 3.0 document: every event version, every request, who sends and who receives. */
export function asyncapiDocument(): Node {
  const versions = eventVersions()
  const words = new Map(contexts.flatMap((context) => [...wordsIn(`${context}.events.ts`)]))
  const { version } = JSON.parse(readFileSync(join(root, 'contracts/package.json'), 'utf8')) as { version: string }
  const log = events(versions)
  const requestReply = bus()
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Personal Finances: events and requests',
      version,
      description:
        'What the services say to each other over NATS: events in JetStream streams (one per context, one subject per ' +
        'aggregate), requests and answers on core NATS. Made from contracts/ by `npm run asyncapi`; read docs/architecture.md first.',
      license: { name: 'AGPL-3.0-or-later', url: 'https://www.gnu.org/licenses/agpl-3.0.html' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: '127.0.0.1:4222',
        protocol: 'nats',
        description: 'NATS_URL: nats-server 2.14 or newer with JetStream.',
      },
    },
    channels: { ...log.channels, ...requestReply.channels },
    operations: { ...log.operations, ...requestReply.operations },
    components: {
      schemas: {
        EventHeaders: eventHeaders,
        RequestHeaders: requestHeaders,
        ReplyHeaders: replyHeaders,
        ProblemHeaders: problemHeaders,
        Principal: plain(Principal),
        Problem: problem,
        ...Object.fromEntries(
          versions.map((version) => [schemaName(version), eventSchema(version, words.get(version.type))]),
        ),
      },
      messages: { ...log.messages, ...requestReply.messages },
    },
  }
}

export const asyncapiPath = join(root, 'docs', 'asyncapi.json')
export const asyncapiText = (): string => `${JSON.stringify(asyncapiDocument(), null, 1)}\n`
