import { Admission, type AdmissionBounds } from './admission.ts'

const never = new AbortController().signal
const kilobyte = 1024
const bounds: AdmissionBounds = {
  ordinary: { inFlight: 2, waiting: 2 },
  heavy: { inFlight: 1, waiting: 0 },
  heldBytes: 4 * 1024 * kilobyte,
}
const admission = (over: Partial<AdmissionBounds> = {}) => new Admission({ ...bounds, ...over }, () => undefined)
const refusal = { code: 'overloaded', retryAfterSeconds: 1 }

describe('admission', () => {
  it('lets in as many as there are places, lets as many wait, and sends the rest away', async () => {
    const door = admission()
    const inside = [await door.enter('ordinary', 1, never), await door.enter('ordinary', 1, never)]
    const order: number[] = []
    const waiting = [1, 2].map(async (n) => {
      const taken = await door.enter('ordinary', 1, never)
      order.push(n)
      return taken
    })
    await expect(door.enter('ordinary', 1, never)).rejects.toMatchObject(refusal)
    inside[0]!.leave()
    const first = await waiting[0]!
    expect(order).toEqual([1])
    first.leave()
    inside[1]!.leave()
    ;(await waiting[1]!).leave()
    expect(order).toEqual([1, 2])
    expect(door.heldBytes).toBe(0)
  })

  it('keeps the places of ordinary requests from heavy ones', async () => {
    const door = admission()
    await door.enter('heavy', 1, never)
    await expect(door.enter('heavy', 1, never)).rejects.toMatchObject(refusal)
    await expect(door.enter('ordinary', 1, never)).resolves.toBeDefined()
  })

  it('sends away what would hold more bytes than it may, places or not', async () => {
    const door = admission({ ordinary: { inFlight: 100, waiting: 100 }, heldBytes: 300 * kilobyte })
    const first = await door.enter('ordinary', 100 * kilobyte, never)
    await expect(door.enter('ordinary', 100 * kilobyte, never)).rejects.toMatchObject(refusal)
    // Its answer turned out short.
    first.answers(10)
    await expect(door.enter('ordinary', 100 * kilobyte, never)).resolves.toBeDefined()
  })

  it('counts an answer until it has left', async () => {
    const door = admission({ heldBytes: 1024 * kilobyte })
    const first = await door.enter('ordinary', 1, never)
    first.answers(2 * 1024 * kilobyte)
    await expect(door.enter('ordinary', 1, never)).rejects.toMatchObject(refusal)
    first.leave()
    expect(door.heldBytes).toBe(0)
    await expect(door.enter('ordinary', 1, never)).resolves.toBeDefined()
  })

  it('lets one in that is longer than all it may hold, where it is alone', async () => {
    const door = admission({ heldBytes: kilobyte })
    await expect(door.enter('ordinary', 500 * kilobyte, never)).resolves.toBeDefined()
  })

  it('forgets who gives up waiting', async () => {
    const door = admission()
    const inside = [await door.enter('ordinary', 1, never), await door.enter('ordinary', 1, never)]
    const gone = new AbortController()
    const left = door.enter('ordinary', 1, gone.signal)
    const patient = door.enter('ordinary', 1, never)
    gone.abort(new Error('the page was closed'))
    await expect(left).rejects.toThrow('the page was closed')
    inside[0]!.leave()
    ;(await patient).leave()
    inside[1]!.leave()
    expect(door.heldBytes).toBe(0)
  })
})
