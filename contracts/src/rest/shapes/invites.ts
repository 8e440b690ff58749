import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { Nullable, Opaque, oneOf, told } from './parts.ts'

/** An invitation as operators see it afterwards: everything but its code. */
export const Invite = Type.Object({
  id: Opaque,
  created_at: Instant,
  expires_at: Instant,
  used_at: told(Nullable(Instant), 'When somebody registered with it.'),
  status: oneOf(['open', 'used', 'expired']),
})
export type Invite = Static<typeof Invite>

export const IssuedInvite = Type.Object({
  ...Invite.properties,
  code: told(Type.String(), 'Shown here and nowhere else, once: four groups of four letters and digits.'),
})
export type IssuedInvite = Static<typeof IssuedInvite>
