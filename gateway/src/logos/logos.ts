import { createHash } from 'node:crypto'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { LogoLinks, LogoSource } from '@pf/service-kit'
import { imageType } from './fetch-logo.ts'

/** A source that has none is asked again after this. */
const noneForMs = 10 * 60_000
const maxRemembered = 5_000

type Parts = {
  links: LogoLinks
  objects: Pick<ObjectStore, 'get' | 'put'>
  fetch(source: LogoSource): Promise<Uint8Array | undefined>
  now(): number
}
export type Logo = { bytes: Uint8Array; type: string }
export type Logos = { find(name: string): Promise<Logo | undefined> }

/** Logos of banks, fetched once and kept in the object store. Whoever asks for one that is being fetched gets that one. */
export function keptLogos({ links, objects, fetch, now }: Parts): Logos {
  const coming = new Map<string, Promise<Uint8Array | undefined>>()
  /** Until when nobody asks again. */
  const none = new Map<string, number>()

  async function fetched(key: string, source: LogoSource): Promise<Uint8Array | undefined> {
    if ((none.get(key) ?? 0) > now()) return undefined
    const bytes = await fetch(source)
    none.delete(key)
    if (bytes !== undefined) await objects.put(key, bytes)
    else none.set(key, now() + noneForMs)
    for (const oldest of none.keys()) if (none.size > maxRemembered) none.delete(oldest)
    return bytes
  }

  return {
    async find(name) {
      const source = await links.sourceOf(name)
      if (source === undefined) return undefined
      const key = `logos/${createHash('sha256').update(name).digest('hex')}`
      const kept = await objects.get(key).catch((error: unknown) => {
        if (!(error instanceof ObjectNotFound)) throw error
        return undefined
      })
      const fresh = () => {
        const asked = coming.get(key) ?? fetched(key, source).finally(() => coming.delete(key))
        coming.set(key, asked)
        return asked
      }
      const bytes = kept ?? (await fresh())
      if (bytes === undefined) return undefined
      const type = imageType(bytes)
      return type === undefined ? undefined : { bytes, type }
    },
  }
}
