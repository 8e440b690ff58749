import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { told } from './parts.ts'

export const Preference = told(
  Type.Object({
    key: Type.String(),
    value: told(Type.Unknown(), 'Any JSON of at most 16 KB.'),
    revision: told(Type.String(), 'Another one with every change; in quotes it is the ETag.'),
    changed_at: Instant,
  }),
  'What a page remembers under a name.',
)
export type Preference = Static<typeof Preference>
