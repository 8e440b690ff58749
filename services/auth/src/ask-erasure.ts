import { type SpaceErasureEvent, spaceErasureEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import type { Platform } from '@pf/service-kit'
import { askErasure, type EraseSpaceParts } from './application/erase-space.ts'
import * as spaceErasure from './domain/space-erasure.ts'

type Around = Pick<Platform, 'eventLog' | 'keys' | 'clock' | 'ids'>

/** Erasures stand in the installation's own space: they outlive what they erase. */
export const openErasures = ({ eventLog: log, keys: sealer, clock, ids }: Around): EraseSpaceParts['erasures'] =>
  createCommandHandler<spaceErasure.SpaceErasure, spaceErasure.SpaceErasureCommand, SpaceErasureEvent>(
    { ...spaceErasureEvents, decider: spaceErasure },
    { log, sealer, clock, ids },
  )

/** For the operator's command that ends a move: the same erasure that a user asks for. Answers its id. */
export const askErasureOf = (platform: Around, of: { spaceId: string; userId: string }): Promise<string> =>
  askErasure({ erasures: openErasures(platform), clock: platform.clock }, of)
