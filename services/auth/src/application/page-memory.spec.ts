import type { Principal } from '@pf/contracts'
import { maxPreferences } from '../domain/preference.ts'
import { memoryPreferences } from '../testing/memory-preferences.ts'
import { PageMemory } from './page-memory.ts'

const principal = (name: string): Principal => ({ userId: name, spaceId: `of-${name}`, sessionId: 'x', roles: [] })
const [sam, kim] = [principal('sam'), principal('kim')]
const now = new Date('2026-11-20T08:00:00.000Z')

function open(): PageMemory {
  let revisions = 0
  const clock = { now: () => now }
  return new PageMemory({ preferences: memoryPreferences(), clock, ids: { uuid: () => `r${++revisions}` } })
}

describe("a page's memory", () => {
  it('is kept, changed, listed and forgotten', async () => {
    const memory = open()
    const put = await memory.put(sam, { key: 'cards', value: ['cash', 'worth'] })
    expect(put).toEqual({ key: 'cards', value: ['cash', 'worth'], revision: 'r1', changed_at: now.toISOString() })
    expect(await memory.get(sam, { key: 'cards' })).toEqual(put)
    expect(await memory.list(kim)).toEqual({ items: [] })
    const changed = await memory.put(sam, { key: 'cards', value: [] })
    expect(await memory.list(sam)).toEqual({ items: [changed] })
    await memory.remove(sam, { key: 'cards' })
    await expect(memory.get(sam, { key: 'cards' })).rejects.toMatchObject({ code: 'preference_not_found' })
    await expect(memory.remove(sam, { key: 'cards' })).rejects.toMatchObject({ code: 'preference_not_found' })
  })

  it('is changed over what was read, and over nothing else', async () => {
    const memory = open()
    const late = memory.put(sam, { key: 'cards', value: 1, over: ['*'] })
    await expect(late).rejects.toMatchObject({ code: 'precondition_failed' })
    const { revision } = await memory.put(sam, { key: 'cards', value: 1, over: [] })
    await expect(memory.put(sam, { key: 'cards', value: 2, over: [] })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    await memory.put(sam, { key: 'cards', value: 2, over: ['other', revision] })
    const lost = memory.put(sam, { key: 'cards', value: 3, over: [revision] })
    await expect(lost).rejects.toMatchObject({ code: 'precondition_failed' })
    await expect(memory.remove(sam, { key: 'cards', over: [revision] })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    expect((await memory.get(sam, { key: 'cards' })).value).toBe(2)
    await memory.remove(sam, { key: 'cards', over: ['*'] })
  })

  it('takes a change that comes again, its answer lost', async () => {
    const memory = open()
    const { revision } = await memory.put(sam, { key: 'cards', value: 1 })
    await memory.put(sam, { key: 'cards', value: { a: 2 }, over: [revision] })
    expect((await memory.put(sam, { key: 'cards', value: { a: 2 }, over: [revision] })).value).toEqual({ a: 2 })
  })

  it('has bounds: values, their depth, and how many', async () => {
    const memory = open()
    const put = (key: string, value: unknown) => memory.put(sam, { key, value })
    await put('large', 'é'.repeat(8191))
    await expect(put('large', 'é'.repeat(8192))).rejects.toMatchObject({ code: 'payload_too_large' })
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    await put('deep', deep(32))
    await expect(put('deep', deep(33))).rejects.toMatchObject({ code: 'payload_too_large' })
    for (let n = 2; n < maxPreferences; n++) await put(`k${n}`, n)
    await expect(put('one-more', 1)).rejects.toMatchObject({ code: 'preferences_full' })
    await put('deep', 'changed all the same')
  })
})
