import { KeyMissing, SealBroken } from '@pf/eventing'
import type { KeyRing } from '@pf/vault'

/** The vault's refusals in eventing's classes, so that its runners know an erased space and broken bytes when they meet them. */
export function asSealer(keys: KeyRing): KeyRing {
  return {
    ...keys,
    async seal(spaceId, plain, aad) {
      try {
        return await keys.seal(spaceId, plain, aad)
      } catch (error) {
        throw isNamed(error, 'KeyMissing') ? new KeyMissing(spaceId) : error
      }
    },
    async open(spaceId, keyId, bytes, aad) {
      try {
        return await keys.open(spaceId, keyId, bytes, aad)
      } catch (error) {
        if (isNamed(error, 'KeyMissing')) throw new KeyMissing(spaceId)
        throw isNamed(error, 'SealBroken') ? new SealBroken(keyId, error) : error
      }
    },
  }
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name
