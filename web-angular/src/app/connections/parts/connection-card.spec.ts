import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { connection } from '../../../testing/shapes.ts'
import type { Connection } from '../../api/types.ts'
import { ConnectionCard } from './connection-card.ts'

function notices(some: Partial<Connection>): string[] {
  const fixture = TestBed.createComponent(ConnectionCard)
  const inputs = { connection: connection(some), accounts: [], syncs: [], running: [], names: new Map() }
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value)
  fixture.detectChanges()
  const element: HTMLElement = fixture.nativeElement
  return [...element.querySelectorAll('[role=status]')].map((notice) => notice.textContent?.trim() ?? '')
}

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
})
