import { TestBed } from '@angular/core/testing'
import type { Rebuild } from '../../api/types.ts'
import { RebuildCard } from './rebuild-card.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const rebuild = (some: Partial<Rebuild> = {}): Rebuild => ({
  id: 'r1',
  status: 'compared',
  progress: { files: 60, files_loaded: 60, rows_loaded: 3112 },
  comparison: {
    same: false,
    log_position: 'p',
    tables: [
      { name: 'fct_transactions', before: { rows: 10, digest: 'a' }, after: { rows: 9, digest: 'b' }, same: false },
      { name: 'fct_entries', before: { rows: 9, digest: 'a' }, after: { rows: 9, digest: 'b' }, same: false },
      { name: 'dim_accounts', before: { rows: 3, digest: 'a' }, after: { rows: 3, digest: 'a' }, same: true },
    ],
    sums: [{ currency: 'GBP', before: gbp('9417.06'), after: gbp('9429.46') }],
    proof: [{ status: 'verified', before: 1374, after: 1376 }],
    transactions: [],
  },
  started_at: '2026-11-20T07:00:00Z',
  finished_at: '2026-11-20T07:01:00Z',
  old_kept_until: null,
  error: null,
  ...some,
})

const shown = (one: Rebuild | undefined) => {
  const fixture = TestBed.createComponent(RebuildCard)
  fixture.componentRef.setInput('rebuild', one)
  const words: string[] = []
  fixture.componentInstance.decide.subscribe((word) => words.push(word))
  fixture.detectChanges()
  const element = fixture.nativeElement as HTMLElement
  const button = (name: string) =>
    [...element.querySelectorAll('button')].find((one) => one.textContent?.trim() === name)
  return { text: element.textContent ?? '', rows: [...element.querySelectorAll('tbody tr')], button, words }
}

describe('a rebuild that differs', () => {
  it('says what, before and after, to the penny', () => {
    const { text, rows } = shown(rebuild())
    const line = (name: string) => rows.find((row) => row.textContent?.includes(name))?.textContent
    expect(line('fct_transactions')).toContain('-1')
    expect(line('fct_entries')).toContain('Differs')
    expect(line('dim_accounts')).toBeUndefined()
    expect(line('Sum of all')).toContain('+£12.40')
    expect(text).toContain('1 of 3 tables the same. Something differs. Nothing has changed yet.')
  })

  it('waits for its owner’s word', () => {
    const { button, words } = shown(rebuild())
    expect(button('Rebuild the marts')).toBeUndefined()
    button('Keep those of before')?.click()
    button('Switch to the new ones')?.click()
    expect(words).toEqual(['discard', 'switch'])
  })
})

it('a rebuild that runs says how far it is, and is not begun again', () => {
  const progress = { files: 60, files_loaded: 20, rows_loaded: 900 }
  const { text, button } = shown(rebuild({ status: 'building', comparison: null, progress }))
  expect(text).toContain('20 of 60 files read, 900 rows so far')
  expect(button('Rebuild the marts')).toBeUndefined()
})

it('without a rebuild one can be begun', () => {
  expect(shown(undefined).button('Rebuild the marts')).toBeDefined()
})
