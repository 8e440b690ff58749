import { Component, computed, input } from '@angular/core'
import { Icon } from './icon.ts'
import type { IconName } from './icons.ts'

export type StripKind = 'err' | 'att' | 'info' | 'ok'

const pictures: Record<StripKind, IconName> = { err: 'error', att: 'warning', info: 'info', ok: 'check' }

/** What happened, what still holds, what to do: words and at most one action. Errors interrupt, others wait their turn. */
@Component({
  selector: 'pf-strip',
  imports: [Icon],
  host: { '[class]': "'say ' + kind()", '[attr.role]': "kind() === 'err' ? 'alert' : 'status'" },
  template: '<pf-icon [name]="icon()" /><span class="grow"><ng-content /></span>',
})
export class Strip {
  readonly kind = input<StripKind>('info')
  protected readonly icon = computed(() => pictures[this.kind()])
}
