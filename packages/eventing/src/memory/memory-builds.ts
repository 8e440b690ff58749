import type { Clock } from '../ports.ts'
import {
  type Build,
  type BuildId,
  type BuildState,
  type Builds,
  type Checkpoint,
  type Comparison,
  NoSuchBuild,
  type Parked,
  parkedId,
} from '../projection-store.ts'
import { createBell } from './bell.ts'

export type Quarantined = { seq: number; eventId: string; reason: string; since: string; isAsked: boolean }

/** One build of one read model. */
export type Held = {
  rows: Map<string, object>
  checkpoint: Checkpoint | undefined
  /** By subject, in order. */
  quarantine: Map<string, Quarantined[]>
  fence: number
  isLocked: boolean
  waiting: (() => void)[]
} & Turn
/** Whoever writes, or has it stand still, takes turns. */
export type Turn = { turn: Promise<unknown> }

type Standing = {
  projection: string
  id: BuildId
  state: BuildState
  since: string
  comparison: Comparison | undefined
}

export const keyOf = (name: string, { version, build }: BuildId): string => `${name}/${version}/${build}`

/** All that a memory store keeps: builds, their rows, and who waits for a change. */
export function createHouse(clock: Clock) {
  const held = new Map<string, Held>()
  const standing = new Map<string, Standing>()
  const turns = new Map<string, Turn>()
  const bell = createBell()
  return {
    now: () => clock.now().toISOString(),
    standing,
    turnOf(name: string): Turn {
      const turn = turns.get(name) ?? { turn: Promise.resolve() }
      turns.set(name, turn)
      return turn
    },
    find: (name: string, id: BuildId): Held | undefined => held.get(keyOf(name, id)),
    heldOf(name: string, id: BuildId): Held {
      const known = held.get(keyOf(name, id)) ?? {
        rows: new Map(),
        checkpoint: undefined,
        quarantine: new Map(),
        fence: 0,
        isLocked: false,
        waiting: [],
        turn: Promise.resolve(),
      }
      held.set(keyOf(name, id), known)
      return known
    },
    all: () => held,
    tell: bell.ring,
    changed: bell.rung,
    setState(name: string, { version, build }: BuildId, state: BuildState, comparison?: Comparison) {
      const id = { version, build }
      const before = standing.get(keyOf(name, id))?.comparison
      const since = clock.now().toISOString()
      standing.set(keyOf(name, id), { projection: name, id, state, since, comparison: comparison ?? before })
      this.tell()
    },
  }
}
export type House = ReturnType<typeof createHouse>

/** One after another over a build, or over all of a projection. */
export function inTurn<T>(held: Turn, work: () => Promise<T>): Promise<T> {
  const mine = held.turn.then(work, work)
  held.turn = mine.catch(() => undefined)
  return mine
}

export function createBuilds(house: House): Builds {
  const list = (projection?: string): Build[] =>
    [...house.standing.values()]
      .filter((one) => projection === undefined || one.projection === projection)
      .sort(
        (a, b) => a.projection.localeCompare(b.projection) || b.id.version - a.id.version || b.id.build - a.id.build,
      )
      .map(({ id, ...rest }) => ({ ...rest, ...id, checkpoint: house.find(rest.projection, id)?.checkpoint }))

  return {
    list: async (projection) => list(projection),
    async begin(projection, version) {
      if (list(projection).some((build) => build.version === version)) return
      house.setState(projection, { version, build: 1 }, 'building')
    },
    async rebuild(projection) {
      const builds = list(projection)
      const underWay = builds.find(({ state }) => ['building', 'differs', 'accepted'].includes(state))
      if (underWay) return { version: underWay.version, build: underWay.build }
      const read = builds.find(({ state }) => state === 'read')
      if (!read) throw new NoSuchBuild(`No projection ${projection} is read here.`)
      const last = Math.max(...builds.filter(({ version }) => version === read.version).map(({ build }) => build))
      const next = { version: read.version, build: last + 1 }
      house.setState(projection, next, 'building')
      return next
    },
    async decide(projection, verdict) {
      const found = list(projection).find(({ state }) => state === 'differs')
      if (!found) throw new NoSuchBuild(`No build of projection ${projection} waits for a word.`)
      const id = { version: found.version, build: found.build }
      house.setState(projection, id, verdict === 'accept' ? 'accepted' : 'discarded')
      return id
    },
    async drop(projection, id) {
      const found = house.standing.get(keyOf(projection, id))
      if (!found || found.state === 'read' || house.find(projection, id)?.isLocked) return false
      house.standing.delete(keyOf(projection, id))
      house.all().delete(keyOf(projection, id))
      house.tell()
      return true
    },
    parked: async (projection) => list(projection).flatMap((build) => parkedIn(house, build)),
    asked: async (projection) =>
      list(projection)
        .flatMap((build) => parkedIn(house, build))
        .filter(({ isAsked }) => isAsked),
    async askRetry(id) {
      const asked = list().flatMap((build) => parkedIn(house, build).filter((parked) => parked.id === id))
      for (const { projection, version, build, subject } of asked) {
        const entries = house.find(projection, { version, build })?.quarantine.get(subject) ?? []
        for (const entry of entries) entry.isAsked = true
      }
      if (asked.length > 0) house.tell()
      return asked.length > 0
    },
    changed: house.changed,
  }
}

function parkedIn(house: House, { projection, version, build }: Build): Parked[] {
  const quarantine = house.find(projection, { version, build })?.quarantine ?? new Map<string, Quarantined[]>()
  return [...quarantine].flatMap(([subject, entries]) => {
    const [first] = entries
    if (!first) return []
    const { seq, eventId, reason, since } = first
    const isAsked = entries.some((entry) => entry.isAsked)
    const id = parkedId(projection, subject)
    return [{ id, projection, version, build, subject, seq, messages: entries.length, eventId, reason, since, isAsked }]
  })
}
