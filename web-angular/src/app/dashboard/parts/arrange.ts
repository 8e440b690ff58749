import { CdkDrag, type CdkDragDrop, CdkDragHandle, CdkDropList } from '@angular/cdk/drag-drop'
import { afterNextRender, Component, Injector, inject, input, output } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { dashboardTexts } from '../../texts/dashboard.ts'
import { Icon } from '../../ui/icon.ts'
import type { Arrangement, CardId } from '../cards.ts'

/** The cards as a short list: dragged by pointer or finger, moved by buttons from the keyboard, shown or not. */
@Component({
  selector: 'pf-arrange',
  imports: [CdkDrag, CdkDragHandle, CdkDropList, Icon, MatButton],
  host: { class: 'card', role: 'region', '[attr.aria-label]': 'texts.title' },
  template: `
    <header><h2>{{ texts.title }}</h2><button matButton type="button" (click)="reset.emit()">{{ texts.reset }}</button><button matButton="filled" type="button" (click)="done.emit()">{{ texts.done }}</button></header>
    <p class="small muted">{{ texts.about }}</p>
    <ol cdkDropList (cdkDropListDropped)="drop($event)">
      @for (id of arrangement().order; track id; let at = $index, last = $last) {
        @let name = texts.cards[id];
        <li cdkDrag cdkDragLockAxis="y" [class.hid]="hides(id)">
          <span class="handle" cdkDragHandle aria-hidden="true"><pf-icon name="drag_indicator" /></span>
          <label class="grow"><input type="checkbox" [checked]="!hides(id)" (change)="toggle.emit(id)" /> {{ name }}</label>
          <button type="button" [attr.aria-label]="texts.up(name)" [disabled]="at === 0" (click)="shift($event, id, at - 1)"><pf-icon name="arrow_upward" [small]="true" /></button>
          <button type="button" [attr.aria-label]="texts.down(name)" [disabled]="last" (click)="shift($event, id, at + 1)"><pf-icon name="arrow_downward" [small]="true" /></button>
        </li>
      }
    </ol>
  `,
  styles: `
    :host { margin-bottom: var(--pf-gutter); }
    ol { display: grid; grid-template-columns: minmax(0, 460px); margin-top: 8px; }
    li { display: flex; align-items: center; gap: 8px; min-height: 44px; border-top: 1px solid var(--pf-line); background: var(--pf-surface); }
    li:first-child { border-top: 0; }
    .hid label { color: var(--pf-ink-3); }
    .handle { display: grid; place-items: center; width: 32px; height: 44px; color: var(--pf-ink-3); cursor: grab; touch-action: none; }
    label { display: flex; align-items: center; gap: 10px; min-height: 44px; cursor: pointer; }
    input { width: 18px; height: 18px; margin: 0; accent-color: var(--pf-primary); }
    li > button { width: var(--pf-control); height: var(--pf-control); display: grid; place-items: center; border: 0; border-radius: var(--pf-radius-m); background: none; color: var(--pf-ink-2); cursor: pointer; }
    li > button:hover { background: var(--pf-sunk); } li > button:disabled { opacity: 0.3; cursor: default; }
    .cdk-drag-preview { border-radius: var(--pf-radius-m); box-shadow: var(--pf-shadow-2); padding-right: 8px; border: 0; }
    .cdk-drag-placeholder { opacity: 0.3; }
    .cdk-drop-list-dragging li:not(.cdk-drag-placeholder), .cdk-drag-animating { transition: transform var(--pf-motion-base) var(--pf-ease); }
  `,
})
export class Arrange {
  readonly arrangement = input.required<Arrangement>()
  readonly move = output<{ id: CardId; place: number }>()
  readonly toggle = output<CardId>()
  readonly reset = output<void>()
  readonly done = output<void>()
  protected readonly texts = dashboardTexts.arrange
  readonly #injector = inject(Injector)

  protected hides(id: CardId): boolean {
    return this.arrangement().hidden.includes(id)
  }

  protected shift({ currentTarget }: Event, id: CardId, place: number): void {
    this.move.emit({ id, place })
    // A row that moves in the page loses the focus; at an end its other button takes it.
    const button = currentTarget as HTMLButtonElement
    const other = [button.previousElementSibling, button.nextElementSibling].find((one) => one?.tagName === 'BUTTON')
    afterNextRender(() => (button.disabled ? (other as HTMLElement | undefined) : button)?.focus(), {
      injector: this.#injector,
    })
  }

  protected drop({ previousIndex, currentIndex }: CdkDragDrop<unknown>): void {
    const id = this.arrangement().order[previousIndex]
    if (id !== undefined && previousIndex !== currentIndex) this.move.emit({ id, place: currentIndex })
  }
}
