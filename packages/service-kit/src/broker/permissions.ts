import { type Context, contexts, type Participant, type ParticipantName, participants } from '@pf/contracts'

/** What nats-server lets one user do; everything else it refuses. `subject queue` in `subscribe`: as that queue group only. */
export type Permissions = {
  publish: string[]
  subscribe: string[]
  /** Whether it may publish to the reply subjects of what it received, for as long as a request lives. */
  answers: boolean
}

/** A prefix for each: nobody listens where another is answered. */
export const inboxPrefixOf = (name: string): string => `_INBOX_${name}`

/** Whether it is where somebody waits for an answer. */
export const isInbox = (subject: string): boolean => subject.startsWith(inboxPrefixOf(''))

const streamOf = (context: Context): string => `EVT_${context.toUpperCase()}`
const snapshotsOf = (context: Context): string => `SNAP_${context.toUpperCase()}`

export function permissionsOf(name: ParticipantName): Permissions {
  const { writes, answers, reads, calls }: Participant = participants[name]
  const streams = contexts.filter((context) => writes.includes(context) || reads.includes(context))
  return {
    publish: [
      ...calls.map((service) => `svc.${service}.>`),
      '$JS.API.INFO',
      ...writes.flatMap(owning),
      ...streams.flatMap(reading),
      ...(name === 'log' ? streams.flatMap(copying) : []),
      ...(name === 'restore' ? streams.flatMap(restoring) : []),
    ],
    subscribe: [
      `${inboxPrefixOf(name)}.>`,
      ...answers.flatMap((service) => [`svc.${service}.> ${service}`, `svc.${service}.cancel.*`]),
    ],
    answers: answers.length > 0,
  }
}

/** The log of a context and the snapshots of its aggregates, with as much of JetStream's API as whoever appends needs. */
const owning = (context: Context): string[] => [
  `evt.${context}.>`,
  `snap.${context}.>`,
  ...['CREATE', 'UPDATE', 'PURGE'].map((verb) => `$JS.API.STREAM.${verb}.${streamOf(context)}`),
  ...['CREATE', 'UPDATE', 'PURGE', 'INFO', 'MSG.GET'].map((verb) => `$JS.API.STREAM.${verb}.${snapshotsOf(context)}`),
]

/** A consumer's filter stands in the subject that makes it; of a durable with several filters only the stream does. */
function reading(context: Context): string[] {
  const stream = streamOf(context)
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.*.evt.${context}.>`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.*`,
    `$JS.API.CONSUMER.INFO.${stream}.*`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
    `$JS.ACK.${stream}.>`,
  ]
}

/** Of the operator's `log`: who reads a stream, and a copy of all of it (which the broker sends in acknowledged pieces). */
function copying(context: Context): string[] {
  const stream = streamOf(context)
  return [`$JS.API.CONSUMER.LIST.${stream}`, `$JS.API.STREAM.SNAPSHOT.${stream}`, `$JS.SNAPSHOT.ACK.${stream}.>`]
}

/**
 * Of an import into an empty system: streams made of copies, and their reactions set to where they were. Deleted are streams
 * that a first start made and nobody wrote to, and those of an import that fails; who may purge can do no more harm by it.
 */
function restoring(context: Context): string[] {
  const stream = streamOf(context)
  return [
    `$JS.API.CONSUMER.LIST.${stream}`,
    `$JS.API.STREAM.DELETE.${stream}`,
    `$JS.API.STREAM.RESTORE.${stream}`,
    `$JS.SNAPSHOT.RESTORE.${stream}.>`,
    `$JS.API.CONSUMER.RESET.${stream}.*`,
  ]
}
