import { TestBed } from '@angular/core/testing'
import { offline } from '../api/problem.ts'
import { Done } from '../ui/done.ts'
import { DoneBar } from './done-bar.ts'

describe('what was just done', () => {
  const open = () => {
    const fixture = TestBed.createComponent(DoneBar)
    const element: HTMLElement = fixture.nativeElement
    const said = () => {
      fixture.detectChanges()
      return element.querySelector('[role=status]')?.textContent?.trim() ?? ''
    }
    const press = async (word: string) => {
      ;[...element.querySelectorAll('button')].find((one) => one.textContent?.trim() === word)?.click()
      await fixture.whenStable()
    }
    return { element, press, said }
  }

  it('is said where a screen reader hears it, and taken back at one press', async () => {
    const { press, said } = open()
    expect(said()).toBe('')
    let taken = 0
    TestBed.inject(Done).say('Latest is hidden.', async () => void taken++)
    expect(said()).toContain('Latest is hidden.')
    await press('Take back')
    expect(taken).toBe(1)
    expect(said()).toContain('Taken back.')
  })

  it('that could not be taken back says why', async () => {
    const { press, said } = open()
    TestBed.inject(Done).say('Latest is hidden.', () => Promise.reject(offline()))
    said()
    await press('Take back')
    expect(said()).toContain('The server cannot be reached.')
  })

  it('offers no way back where there is none, and goes away', () => {
    const { element, said } = open()
    TestBed.inject(Done).say('Done.')
    expect(said()).toContain('Done.')
    expect(element.querySelectorAll('button')).toHaveLength(1)
    TestBed.inject(Done).putAway()
    expect(said()).toBe('')
  })
})
