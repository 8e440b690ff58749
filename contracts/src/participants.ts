import { type Context, contexts } from './event.ts'
import { callsOf, readsOf } from './flows.ts'

/** One who connects to broker and database under a name of its own, and what it may do there. */
export type Participant = {
  /** Whose events it appends; the streams of these are its to make, change and purge. */
  readonly writes: readonly Context[]
  /** Whose requests it answers. */
  readonly answers: readonly Context[]
  /** Whose events it reads beside those it writes. */
  readonly reads: readonly Context[]
  /** Whose requests it may make. */
  readonly calls: readonly Context[]
}

const service = (name: Context): Participant => ({
  writes: [name],
  answers: [name],
  reads: readsOf[name],
  calls: callsOf[name],
})

/**
 * All of them: users of the broker and roles of the database are made of this. Services have the name of their context;
 * `replay`, `log` and `restore` are the operator's commands.
 */
export const participants = {
  auth: service('auth'),
  connection: service('connection'),
  extraction: service('extraction'),
  storage: service('storage'),
  analytics: service('analytics'),
  gateway: { writes: [], answers: [], reads: readsOf.gateway, calls: callsOf.gateway },
  replay: { writes: ['storage'], answers: [], reads: readsOf.storage, calls: ['analytics'] },
  log: { writes: [], answers: [], reads: contexts, calls: contexts },
  restore: { writes: contexts, answers: [], reads: [], calls: [] },
} as const satisfies Readonly<Record<string, Participant>>

/** What runs as long as the system does, each with a role of its own at the database; the operator's commands come as its owner. */
export const serviceNames = [...contexts, 'gateway'] as const
export type ServiceName = (typeof serviceNames)[number]

export type ParticipantName = keyof typeof participants
export const participantNames = Object.keys(participants) as readonly ParticipantName[]

export const isParticipant = (name: string): name is ParticipantName => Object.hasOwn(participants, name)
