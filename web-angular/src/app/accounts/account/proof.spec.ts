import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { account, proofInterval } from '../../../testing/shapes.ts'
import type { Account, ProofInterval, ProofSuspect } from '../../api/types.ts'
import { plainDay } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { AccountHead } from './account-head.ts'
import { ProofCalendar } from './proof-calendar.ts'
import { ProofGaps } from './proof-gaps.ts'
import { ProofIntervalCard } from './proof-interval.ts'

const money = (amount: string) => ({ amount, currency: 'GBP' })
const textOf = (element: HTMLElement) => element.textContent?.replace(/\s+/g, ' ').trim() ?? ''

describe('the head of an account', () => {
  beforeEach(() => TestBed.configureTestingModule({ providers: [provideRouter([])] }))

  const head = (proof: Account['proof']): string => {
    const fixture = TestBed.createComponent(AccountHead)
    fixture.componentRef.setInput('account', account({ proof }))
    fixture.detectChanges()
    return textOf(fixture.nativeElement)
  }

  it('says up to which day the balance is proven', () => {
    const text = head({ status: 'verified', verified_to: '2026-11-19', reason: null })
    expect(text).toContain(`agree to the penny up to ${plainDay('2026-11-19')}`)
  })
  it('says that there is a gap, and up to where there is none', () => {
    expect(head({ status: 'gap', verified_to: '2026-11-10', reason: null })).toContain(
      `agree up to ${plainDay('2026-11-10')}`,
    )
    expect(head({ status: 'gap', verified_to: null, reason: null })).toContain('differ on some days')
  })
  it('says why nothing is proven', () => {
    expect(head({ status: 'unverified', verified_to: null, reason: 'file_without_balance' })).toContain(
      'statement files that state no balance',
    )
    expect(head({ status: 'unverified', verified_to: null, reason: 'one_balance' })).toContain('One balance is known')
    expect(head({ status: 'unverified', verified_to: null })).toContain('has not been compared')
  })
})

describe('the gaps of a proof', () => {
  beforeEach(() => TestBed.configureTestingModule({ providers: [provideRouter([])] }))

  const suspect = (over: Partial<ProofSuspect>): ProofSuspect => ({
    kind: 'missing',
    amount: money('-4.00'),
    transaction_ids: [],
    held_id: null,
    expected: null,
    because: 'unexplained',
    ...over,
  })
  const gap = (day: number, suspects: ProofSuspect[]): ProofInterval => ({
    balance: 'interim',
    from: `2026-11-${day - 1}T04:00:00Z`,
    to: `2026-11-${day}T04:00:00Z`,
    from_date: `2026-11-${day - 1}`,
    to_date: `2026-11-${day}`,
    opening: money('100.00'),
    movements: money('0.00'),
    rows: 0,
    closing: money('96.00'),
    difference: money('-4.00'),
    unexplained: money('-4.00'),
    status: 'gap',
    reason: null,
    suspects,
  })
  const show = (...gaps: ProofInterval[]): HTMLElement => {
    const fixture = TestBed.createComponent(ProofGaps)
    fixture.componentRef.setInput('gaps', gaps)
    fixture.detectChanges()
    return fixture.nativeElement
  }

  it('names the days, the amount and the first suspect', () => {
    const text = textOf(show(gap(12, [suspect({ kind: 'changed', expected: money('-12.50') }), suspect({})])))
    expect(text).toContain(`${plainDay('2026-11-11')} to ${plainDay('2026-11-12')}`)
    expect(text).toContain('−£4.00')
    expect(text).toContain(`A row may have another amount: ${figureText(money('-12.50'))} would fit`)
    expect(text).not.toContain('missing')
  })
  it('leads to a row that waits for the user where one fits', () => {
    const link = show(gap(12, [suspect({ held_id: 'h1' })])).querySelector('a')
    expect(link?.getAttribute('href')).toBe('/held')
  })
  it('shows the newest, and says how many more there are', () => {
    const element = show(...[20, 19, 18, 17, 16, 15, 14].map((day) => gap(day, [])))
    expect(element.querySelectorAll('li')).toHaveLength(5)
    expect(textOf(element)).toContain('And 2 more.')
    expect(textOf(element)).toContain('Nothing that we know explains it.')
  })
})

describe('the calendar of the proof', () => {
  it('says of each day how it stands, and opens it', () => {
    const fixture = TestBed.createComponent(ProofCalendar)
    fixture.componentRef.setInput('intervals', [proofInterval()])
    fixture.componentRef.setInput('month', '2026-11')
    fixture.componentRef.setInput('first', '2026-10-30')
    fixture.componentRef.setInput('last', '2026-11-13')
    const opened: string[] = []
    fixture.componentInstance.choose.subscribe((day) => opened.push(day))
    fixture.detectChanges()
    const days = [...(fixture.nativeElement as HTMLElement).querySelectorAll<HTMLButtonElement>('td button')]
    expect(days).toHaveLength(15)
    expect(days.filter((day) => day.getAttribute('aria-label')?.endsWith('differs from the bank'))).toHaveLength(1)
    days.find((day) => day.textContent === '12')?.click()
    expect(opened).toEqual(['2026-11-12'])
  })
})

describe('a day of the proof, opened', () => {
  beforeEach(() => TestBed.configureTestingModule({ providers: [provideRouter([])] }))

  const show = (interval: ProofInterval | undefined, inputs: Record<string, unknown> = {}) => {
    const fixture = TestBed.createComponent(ProofIntervalCard)
    for (const [name, value] of Object.entries({ day: '2026-11-12', interval, accountId: 'a1', ...inputs }))
      fixture.componentRef.setInput(name, value)
    fixture.detectChanges()
    return fixture
  }
  const doubled: ProofSuspect = {
    kind: 'doubled',
    amount: money('-4.00'),
    transaction_ids: ['t1', 't2'],
    held_id: null,
    expected: null,
    because: 'same_text',
  }

  it('adds up what the bank said and what moved, to the penny', () => {
    const text = textOf(show(proofInterval({ movements: money('-0.01'), rows: 1 })).nativeElement)
    expect(text).toContain('So it should be£99.99')
    expect(text).toContain('1 row booked between')
    expect(text).toContain('Nothing that we know explains it.')
  })

  it('lets the user say that two rows are one payment', () => {
    const fixture = show(proofInterval({ suspects: [doubled] }))
    const said: (readonly string[])[] = []
    fixture.componentInstance.samePayment.subscribe((ids) => said.push(ids))
    const button = [...(fixture.nativeElement as HTMLElement).querySelectorAll('button')].find((one) =>
      one.textContent?.includes('They are one payment'),
    )
    button?.click()
    expect(said).toEqual([['t1', 't2']])
  })

  it('says that nothing can be said where the bank stated nothing', () => {
    expect(textOf(show(undefined).nativeElement)).toContain('nothing can be said of it')
  })
})
