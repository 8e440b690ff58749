import { describeVault } from '../describe-vault.ts'
import { createMemoryVault } from './index.ts'

describeVault('memory', async () => createMemoryVault())

describe('the nonces and keys of a vault', () => {
  it('come from the random port alone, so that a simulation repeats', async () => {
    const seeded = () => {
      let next = 0
      return createMemoryVault({ random: { bytes: (count) => Uint8Array.from({ length: count }, () => next++ & 255) } })
    }
    const run = async () => {
      const { keys } = seeded()
      await keys.createSpaceKey('space')
      return keys.seal('space', new TextEncoder().encode('a fact'), 'aad')
    }
    expect(await run()).toEqual(await run())
  })
})
