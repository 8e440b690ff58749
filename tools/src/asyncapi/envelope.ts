/** What stands beside a body on the wire. Kept in step with packages/eventing/src/envelope.ts and packages/service-kit/src/bus. */

type Schema = Record<string, unknown>
const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more })
const hex = (description: string) => text(description, { pattern: '^[0-9a-f]{64}$' })
const natural = (description: string) => text(description, { pattern: '^[1-9][0-9]*$' })
const object = (required: readonly string[], properties: Record<string, Schema>): Schema => ({
  type: 'object',
  required: [...required],
  properties,
})

/** CloudEvents' NATS binding in binary mode, and our own `es-*`. Ids and types only: headers are not sealed. */
export const eventHeaders = object(
  [
    'Nats-Msg-Id',
    'ce-specversion',
    'ce-id',
    'ce-source',
    'ce-subject',
    'ce-type',
    'ce-dataschema',
    'ce-time',
    'ce-correlationid',
    'es-version',
    'es-count',
    'es-key',
    'es-hash',
  ],
  {
    'Nats-Msg-Id': hex('SHA-256 of `<subject>\\n<command id>`: one command on one aggregate is one message.'),
    'ce-specversion': { const: '1.0' },
    'ce-id': text('Id of the command. The events of one message are `<id>/1` … `<id>/<n>`.'),
    'ce-source': text('`/pf/<context>`.', { pattern: '^/pf/[a-z]+$' }),
    'ce-subject': text('`<aggregate>/<aggregate id>`.'),
    'ce-type': text('Types of the events in order, joined by commas.'),
    'ce-dataschema': text('`urn:pf:<context>:<type>.<version>`, of several events joined by `+`.'),
    'ce-time': text('When the command was handled, RFC 3339.'),
    'ce-correlationid': text('Of everything that one request brought about.'),
    'ce-causationid': text('The message that this one answers.'),
    traceparent: text('W3C Trace Context.'),
    'es-version': natural('Version of the first event: contiguous from 1 per aggregate.'),
    'es-count': natural('How many events the message holds.'),
    'es-key': text('The data key that sealed the body: `<root id>.<generation>`.'),
    'es-hash': hex('SHA-256 over the hash of the message before it (none: empty) and the sealed bytes.'),
  },
)

export const requestHeaders = object(['pf-request-id', 'pf-deadline'], {
  'pf-request-id': text('Of the caller; stands in both sides’ logs and in `svc.<service>.cancel.<request id>`.'),
  'pf-deadline': natural('When the caller stops waiting: milliseconds since 1970.'),
  'pf-principal': text(
    'Whom the request is made for, as JSON (`#/components/schemas/Principal`); absent for open operations.',
  ),
  'pf-correlation-id': text('Of what the request belongs to; absent: its id. Events that it leads to carry it.'),
  'pf-log-position': text('The answer holds everything up to this opaque log position.'),
  traceparent: text('W3C Trace Context.'),
})

export const replyHeaders = object([], {
  'pf-part': text('Answers over 512 KiB come in parts: which one, from 0.', { pattern: '^[0-9]+$' }),
  'pf-last': { const: '1', description: 'On the last part.' },
})

export const problemHeaders = object(['pf-problem'], {
  'pf-problem': text('Code of the refusal, as in the body.'),
})
