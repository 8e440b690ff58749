import { afterOwnReadModel } from './read-your-writes.ts'

const passed = { caughtUpTo: async () => true }
const slow = { caughtUpTo: async () => false }

describe("a command's answer", () => {
  it('needs no position when its read models show it', async () => {
    expect(await afterOwnReadModel([passed, passed], 'p')).toBeUndefined()
    expect(await afterOwnReadModel(passed, 'p')).toBeUndefined()
  })

  it('carries the position to wait for when one of them took too long', async () => {
    expect(await afterOwnReadModel([passed, slow], 'p')).toBe('p')
  })

  it('waits for nothing where nothing was appended', async () => {
    expect(await afterOwnReadModel(slow, undefined)).toBeUndefined()
  })
})
