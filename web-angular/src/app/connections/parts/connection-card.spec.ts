import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { account, connection } from '../../../testing/shapes.ts'
import type { Account, Connection } from '../../api/types.ts'
import { plainDay } from '../../ui/days.ts'
import { ConnectionCard } from './connection-card.ts'

function card(some: Partial<Connection>, accounts: Account[] = []): HTMLElement {
  const fixture = TestBed.createComponent(ConnectionCard)
  const inputs = { connection: connection(some), accounts, syncs: [], running: [], names: new Map() }
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value)
  fixture.detectChanges()
  return fixture.nativeElement
}
const wordsOf = (element: Element | undefined) => element?.textContent?.replace(/\s+/g, ' ').trim() ?? ''
const notices = (some: Partial<Connection>, accounts?: Account[]): string[] =>
  [...card(some, accounts).querySelectorAll('[role=status]')].map(wordsOf)
const syncButton = (element: HTMLElement) =>
  [...element.querySelectorAll('button')].find((button) => wordsOf(button).includes('Sync now'))

describe('a connection’s card', () => {
  beforeEach(() => TestBed.configureTestingModule({ providers: [provideRouter([])] }))

  it('says since when the bank has given nothing new', () => {
    expect(notices({ stale_since: '2024-11-16' })).toEqual([
      expect.stringMatching(/The bank has given nothing new since .*16.* 2024/),
    ])
  })

  it('says nothing of the kind of fresh data, nor where the consent has ended', () => {
    expect(notices({ stale_since: null })).toEqual([])
    expect(notices({ status: 'expired', stale_since: '2024-11-16' }).join()).not.toContain('nothing new')
  })

  it('names the days that could not be fetched, and leads to the statement files', () => {
    const missed = [{ account_id: 'a1', from: '2026-03-01', to: '2026-03-12' }]
    const shown = card({ missed, accounts: ['a1', 'a2'] }, [account(), account({ id: 'a2' })])
    expect(wordsOf(shown.querySelector('[role=status]') ?? undefined)).toContain(
      `${plainDay('2026-03-01')} to ${plainDay('2026-03-12')}: these days could not be fetched for Current ··4471.`,
    )
    expect(shown.querySelector('a[href="/imports"]')?.textContent).toBe('Import a statement for these days')
    expect(notices({ missed }, [account({ proof: { status: 'verified', verified_to: '2026-03-12' } })])).toEqual([])
  })

  it('has words of its own for each account that is left out, and says it once', () => {
    const error = { code: 'account_ambiguous', detail: 'Not read: 2 accounts of this bank.' }
    const left_out = [
      { reason: 'account_ambiguous' as const, accounts: 2 },
      { reason: 'account_details_unavailable' as const, accounts: 1 },
    ]
    expect(notices({ error, left_out })).toEqual([
      expect.stringMatching(/^2 accounts are not read: what the bank says fits two of your accounts/),
      expect.stringMatching(/^One account is not read yet: .* Renew the connection/),
    ])
    expect(wordsOf(card({ error, left_out }))).not.toContain(error.detail)
  })

  it('lets nobody sync while no account can be asked for, and says from when it can be', () => {
    const until = '2026-11-20T13:08:00Z'
    const rests = card({ sync_held: { code: 'bank_rests', until } })
    expect(syncButton(rests)?.disabled).toBe(true)
    expect(wordsOf(rests)).toMatch(/from .*: the bank had trouble and is left alone until then/)
    const used = card({ sync_held: { code: 'quota_exhausted', until } })
    expect(syncButton(used)?.disabled).toBe(true)
    expect(wordsOf(used)).not.toContain('trouble')
    expect(syncButton(card({ sync_held: null }))?.disabled).toBe(false)
  })
})
