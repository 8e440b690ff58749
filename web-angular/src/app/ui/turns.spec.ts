import { effect, signal } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { until } from '../../testing/server.ts'
import { turns } from './turns.ts'

describe('turns', () => {
  it('come one by one, and go on when there are more', async () => {
    const all = signal(2)
    const seen: number[] = []
    const had = TestBed.runInInjectionContext(() => {
      const turn = turns(all)
      effect(() => void seen.push(turn()))
      return turn
    })
    const settled = (count: number) =>
      until(() => {
        TestBed.tick()
        return had() === count
      })
    await settled(2)
    all.set(3)
    await settled(3)
    TestBed.tick()
    expect(seen).toEqual([0, 1, 2, 3])
  })
})
