import { TestBed } from '@angular/core/testing'
import { BankMark } from './bank-mark.ts'

describe("a bank's mark", () => {
  const show = (logo: string) => {
    const fixture = TestBed.createComponent(BankMark)
    fixture.componentRef.setInput('bank', { name: 'wrenfield Bank', logo })
    fixture.detectChanges()
    return { fixture, host: fixture.nativeElement as HTMLElement }
  }

  it('is its logo from our own origin, and its initial where that does not arrive', () => {
    const { fixture, host } = show('/logos/abc.def')
    const image = host.querySelector('img')
    expect(image?.getAttribute('src')).toBe('/api/logos/abc.def')
    image?.dispatchEvent(new Event('error'))
    fixture.detectChanges()
    expect([host.querySelector('img'), host.textContent?.trim()]).toEqual([null, 'W'])
  })

  it.each(['', 'https://elsewhere.example/logo.png'])('is its initial where the logo is %p', (logo) => {
    const { host } = show(logo)
    expect([host.querySelector('img'), host.textContent?.trim()]).toEqual([null, 'W'])
  })
})
