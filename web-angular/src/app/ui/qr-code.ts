import { Component, computed, input } from '@angular/core'
import qrcode from 'qrcode-generator'

/** Modules around it that stay light (ISO/IEC 18004). */
const quiet = 4

/** A text as a QR code: dark on light in every appearance, since not every camera reads it the other way round. */
@Component({
  selector: 'pf-qr-code',
  template: `
    <svg role="img" [attr.aria-label]="label()" [attr.viewBox]="box()" shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" /><path [attr.d]="drawn().path" fill="#000" />
    </svg>
  `,
  styles:
    ':host { display: block; } svg { display: block; width: 100%; height: auto; border-radius: var(--pf-radius-m); }',
})
export class QrCode {
  readonly text = input.required<string>()
  readonly label = input.required<string>()
  protected readonly drawn = computed(() => drawn(this.text()))
  protected readonly box = computed(() => {
    const side = this.drawn().modules + 2 * quiet
    return `0 0 ${side} ${side}`
  })
}

/** Dark modules, each row's neighbours as one bar. */
function drawn(text: string): { modules: number; path: string } {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const modules = code.getModuleCount()
  let path = ''
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      if (!code.isDark(row, column)) continue
      const from = column
      while (column + 1 < modules && code.isDark(row, column + 1)) column += 1
      const width = column + 1 - from
      path += `M${from + quiet} ${row + quiet}h${width}v1h-${width}z`
    }
  }
  return { modules, path }
}
