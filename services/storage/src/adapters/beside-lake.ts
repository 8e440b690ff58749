import type { ObjectStore } from '@pf/object-store'
import type { Lake } from '../application/ports.ts'
import { objectLake } from './object-lake.ts'

/** A lake of its own in the same store, below a folder: its files are named as those of the lake itself. */
export function besideLake({ put, get }: Pick<ObjectStore, 'put' | 'get'>, folder: string): Lake {
  return objectLake({
    put: (key, body, options) => put(`${folder}${key}`, body, options),
    get: (key) => get(`${folder}${key}`),
  })
}
