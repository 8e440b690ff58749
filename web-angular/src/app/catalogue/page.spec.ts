import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { CataloguePage } from './page.ts'

describe('the catalogue of parts', () => {
  it('shows a card in each state, and every kind of strip', () => {
    TestBed.configureTestingModule({ providers: [provideRouter([])] })
    const fixture = TestBed.createComponent(CataloguePage)
    fixture.detectChanges()
    const page: HTMLElement = fixture.nativeElement
    expect(page.querySelectorAll('[aria-busy=true]')).toHaveLength(1)
    expect(page.querySelectorAll('[role=alert]').length).toBeGreaterThanOrEqual(2)
    expect(page.querySelectorAll('pf-proof')).toHaveLength(4)
    expect(page.textContent).toContain('−£48.17')
  })
})
