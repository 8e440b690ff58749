import { Component } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { sync } from '../../testing/shapes.ts'
import type { Loaded } from '../api/load.ts'
import { Problem } from '../api/problem.ts'
import { Card } from './card.ts'
import { categoryName } from './category.ts'
import { MoneyText } from './money.ts'
import { Privacy } from './privacy.ts'
import { weakest } from './proof.ts'
import { newestByAccount, SyncProgress, underWay } from './sync-progress.ts'

const textOf = (element: HTMLElement) => element.textContent?.trim()

describe('money on a page', () => {
  const show = () => {
    const fixture = TestBed.createComponent(MoneyText)
    fixture.componentRef.setInput('value', { amount: '-48.17', currency: 'GBP' })
    fixture.detectChanges()
    return fixture
  }

  it('is one text, with a true minus', () => {
    expect(textOf(show().nativeElement)).toBe('−£48.17')
  })

  it('is said as hidden, and not read out, while amounts are hidden', () => {
    TestBed.inject(Privacy).on.set(true)
    const element: HTMLElement = show().nativeElement
    expect(element.firstElementChild?.textContent).toBe('hidden')
    expect(element.querySelector('[aria-hidden=true]')?.textContent).toBe('−£48.17')
  })
})

@Component({
  imports: [Card],
  template: '<pf-card heading="Latest" [state]="state" (retry)="retries = retries + 1">figures</pf-card>',
})
class Host {
  state: Loaded<number> = { status: 'loading' }
  retries = 0
}

describe('a card', () => {
  const show = (state: Loaded<number>) => {
    const fixture = TestBed.createComponent(Host)
    fixture.componentInstance.state = state
    fixture.detectChanges()
    return fixture
  }
  const problem = new Problem({ status: 503, code: 'unavailable' })

  it('is busy and shows no figures while there are none', () => {
    const card: HTMLElement = show({ status: 'loading' }).nativeElement.querySelector('[role=region]')
    expect(card.getAttribute('aria-busy')).toBe('true')
    expect(card.getAttribute('aria-label')).toBe('Latest')
    expect(card.textContent).not.toContain('figures')
  })

  it('keeps figures in sight while it asks again', () => {
    expect(show({ status: 'loading', value: 1 }).nativeElement.textContent).toContain('figures')
  })

  it('says what failed, keeps what stood, and offers one action', () => {
    const fixture = show({ status: 'failed', problem, value: 1 })
    const element: HTMLElement = fixture.nativeElement
    expect(element.querySelector('[role=alert]')?.textContent).toContain('Nothing you have is lost')
    expect(element.textContent).toContain('figures')
    element.querySelector('button')?.click()
    expect(fixture.componentInstance.retries).toBe(1)
  })
})

describe('the progress of a sync', () => {
  it('shows the newest sync of each account of a run until all of them are done', () => {
    const done = sync({ id: '2', account_id: 'a2', status: 'completed' })
    const old = sync({ id: '0', run_id: 'r0', status: 'completed' })
    expect(underWay([sync(), done, old])).toEqual([sync(), done])
    expect(underWay([sync({ status: 'failed' }), done, old])).toEqual([])
    expect(newestByAccount([sync({ id: '9' }), old]).map((one) => one.id)).toEqual(['9'])
  })

  it('says where each account is, by name', () => {
    const fixture = TestBed.createComponent(SyncProgress)
    fixture.componentRef.setInput('syncs', [
      sync({ status: 'storing', observed: 1204 }),
      sync({ id: 's2', account_id: 'a2', status: 'failed' }),
    ])
    fixture.componentRef.setInput('names', new Map([['a1', 'Current ··4471']]))
    fixture.detectChanges()
    const bars = [...(fixture.nativeElement as HTMLElement).querySelectorAll('[role=progressbar]')]
    expect(bars.map((bar) => [bar.getAttribute('aria-label'), bar.getAttribute('aria-valuenow')])).toEqual([
      ['Current ··4471', '2'],
      ['Account 2', '4'],
    ])
    expect(bars[1]?.getAttribute('aria-valuetext')).toBe('failed')
  })
})

describe('a proof', () => {
  const to = (day: string) => ({ status: 'verified' as const, verified_to: day })

  it('of a sum is a gap before anything else, then what is open, then the earliest day', () => {
    expect(weakest([to('2026-11-19'), { status: 'gap', verified_to: null }]).status).toBe('gap')
    expect(weakest([to('2026-11-19'), to('2026-11-16')])).toEqual(to('2026-11-16'))
    expect(weakest([]).status).toBe('unverified')
  })
})

it('a category without a name of ours keeps its own words', () => {
  expect(categoryName('eating_out')).toBe('Eating out')
  expect(categoryName('garden-gnomes')).toBe('Garden gnomes')
  expect(categoryName('gifts_charity')).toBe('Gifts and charity')
})
