import { encodePosition } from '@pf/eventing'
import { afterOwnReadModel, awaitWholeLog } from './read-your-writes.ts'

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

describe('what has to have read the whole log', () => {
  const log = { info: async () => ({ createdAt: '2026-11-28T12:00:00Z', lastSeq: 7 }) }

  it('is waited for up to the last message there is', async () => {
    const asked: string[] = []
    const reader = {
      caughtUpTo: async (position: string) => {
        asked.push(position)
        return true
      },
    }
    await awaitWholeLog(log, 'connection', [{ reader, lag: async () => 0 }])
    expect(asked).toEqual([encodePosition({ connection: 7 })])
  })

  it('is waited for as long as it comes nearer', async () => {
    const behind: number[] = []
    let left = 30
    const reader = { caughtUpTo: async () => left === 0 }
    const lag = async () => {
      left -= 10
      return left
    }
    await awaitWholeLog(log, 'connection', [{ reader, lag }], (messages) => void behind.push(messages))
    expect(behind).toEqual([20, 10])
  })

  it('is not waited for where the last messages were erased before anybody read them', async () => {
    const told: number[] = []
    await awaitWholeLog(log, 'connection', [{ reader: slow, lag: async () => 0 }], (behind) => void told.push(behind))
    expect(told).toEqual([])
  })

  it('is an error by name once one of its read models does not come any nearer', async () => {
    const stuck = { reader: slow, lag: async () => 5 }
    const read = { reader: passed, lag: async () => 0 }
    await expect(awaitWholeLog(log, 'connection', [read, stuck])).rejects.toThrow('read_models_behind: connection is 5')
  })

  it('is the error of what stopped one of them', async () => {
    const stopped = { reader: slow, lag: () => Promise.reject(new Error('rebuild needed')) }
    await expect(awaitWholeLog(log, 'connection', [stopped])).rejects.toThrow('rebuild needed')
  })
})
