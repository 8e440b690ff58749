import { TestBed } from '@angular/core/testing'
import { QrCode } from './qr-code.ts'

/** Rows of the drawn path as text: `#` dark, `.` light. */
function modules(svg: SVGElement): string[] {
  const side = Number(svg.getAttribute('viewBox')?.split(' ')[2])
  const rows = Array.from({ length: side }, () => Array.from({ length: side }, () => '.'))
  for (const [, x, y, width] of (svg.querySelector('path')?.getAttribute('d') ?? '').matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let at = Number(x); at < Number(x) + Number(width); at++) (rows[Number(y)] ?? [])[at] = '#'
  }
  return rows.map((row) => row.join(''))
}

describe('a QR code', () => {
  it('has its three corners where a camera looks for them, with light around', () => {
    const fixture = TestBed.createComponent(QrCode)
    fixture.componentRef.setInput(
      'text',
      'otpauth://totp/Personal%20Finances:sam?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    )
    fixture.componentRef.setInput('label', 'The key')
    fixture.detectChanges()
    const svg = (fixture.nativeElement as HTMLElement).querySelector<SVGElement>('svg[role=img][aria-label="The key"]')
    const drawn = svg ? modules(svg) : []
    const side = drawn.length - 8
    expect((side - 21) % 4).toBe(0)
    const light = '.'.repeat(drawn.length)
    for (const edge of [...drawn.slice(0, 4), ...drawn.slice(-4)]) expect(edge).toBe(light)
    for (const row of drawn) expect(`${row.slice(0, 4)}${row.slice(-4)}`).toBe('........')
    const corner = ['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']
    const at = (left: number, top: number) =>
      drawn.slice(top + 4, top + 11).map((row) => row.slice(left + 4, left + 11))
    for (const [left, top] of [
      [0, 0],
      [side - 7, 0],
      [0, side - 7],
    ] as const)
      expect(at(left, top)).toEqual(corner)
  })
})
