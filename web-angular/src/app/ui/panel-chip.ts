import { CdkTrapFocus } from '@angular/cdk/a11y'
import { CdkConnectedOverlay, CdkOverlayOrigin } from '@angular/cdk/overlay'
import { Component, input, output, signal } from '@angular/core'
import { rowsTexts } from '../texts/transactions.ts'
import { Icon } from './icon.ts'
import type { IconName } from './icons.ts'

/** One filter with a panel of its own: the chip says what is chosen and takes it back. What is projected is the panel. */
@Component({
  selector: 'pf-panel-chip',
  imports: [CdkConnectedOverlay, CdkOverlayOrigin, CdkTrapFocus, Icon],
  host: { class: 'chip', '[class.on]': 'set()' },
  template: `
    <button type="button" class="open" cdkOverlayOrigin #origin="cdkOverlayOrigin" aria-haspopup="dialog" [attr.aria-expanded]="isOpen()" (click)="toggle()">
      @if (icon(); as name) { <pf-icon [name]="name" [small]="true" /> }{{ text() }}@if (!icon() && !set()) { <pf-icon name="expand_more" [small]="true" /> }
    </button>
    @if (set()) {
      <button type="button" class="clear" [attr.aria-label]="texts.clear(label())" (click)="clear.emit()"><pf-icon name="close" [small]="true" /></button>
    }
    <ng-template cdkConnectedOverlay [cdkConnectedOverlayOrigin]="origin" [cdkConnectedOverlayOpen]="isOpen()" [cdkConnectedOverlayHasBackdrop]="true" [cdkConnectedOverlayPush]="true"
      cdkConnectedOverlayBackdropClass="cdk-overlay-transparent-backdrop" (backdropClick)="close()" (detach)="close()">
      <div class="panel" role="dialog" [attr.aria-label]="label()" cdkTrapFocus [cdkTrapFocusAutoCapture]="true"><ng-content /></div>
    </ng-template>
  `,
  styles: `
    .panel { width: 296px; max-width: calc(100vw - 32px); max-height: min(480px, calc(100dvh - 32px)); overflow-y: auto; padding: 12px; border-radius: var(--pf-radius-l); background: var(--pf-surface); box-shadow: var(--pf-shadow-2); display: grid; gap: 12px; }
  `,
})
export class PanelChip {
  readonly label = input.required<string>()
  readonly text = input.required<string>()
  readonly set = input(false)
  readonly icon = input<IconName>()
  readonly clear = output<void>()
  /** It is about to open: time to fill the panel with what holds now. */
  readonly opening = output<void>()

  protected readonly texts = rowsTexts
  protected readonly isOpen = signal(false)

  close(): void {
    this.isOpen.set(false)
  }

  protected toggle(): void {
    if (!this.isOpen()) this.opening.emit()
    this.isOpen.update((open) => !open)
  }
}
