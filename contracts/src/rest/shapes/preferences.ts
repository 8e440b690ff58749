import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'

/** What a page remembers under a name: any JSON, of at most 16 KB. */
export const Preference = Type.Object({
  key: Type.String(),
  value: Type.Unknown(),
  /** Another one with every change; in quotes it is the ETag. */
  revision: Type.String(),
  changed_at: Instant,
})
export type Preference = Static<typeof Preference>
