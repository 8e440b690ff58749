import { KeyMissing, SealBroken } from '@pf/eventing'
import { createMemoryVault } from '@pf/vault/memory'
import { asSealer } from './sealer.ts'

describe("the vault as eventing's sealer", () => {
  const plain = new Uint8Array([1, 2, 3])

  it('refuses a space without a key with KeyMissing', async () => {
    const sealer = asSealer(createMemoryVault().keys)
    await expect(sealer.seal('space', plain, '')).rejects.toBeInstanceOf(KeyMissing)
    await expect(sealer.open('space', 'k.1', plain, '')).rejects.toBeInstanceOf(KeyMissing)
  })

  it('refuses altered bytes with SealBroken', async () => {
    const sealer = asSealer(createMemoryVault().keys)
    await sealer.createSpaceKey('space')
    const { keyId, bytes } = await sealer.seal('space', plain, 'here')
    expect(await sealer.open('space', keyId, bytes, 'here')).toEqual(plain)
    await expect(sealer.open('space', keyId, bytes, 'there')).rejects.toBeInstanceOf(SealBroken)
  })
})
