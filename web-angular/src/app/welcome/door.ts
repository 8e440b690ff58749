import { Component, input } from '@angular/core'
import { Icon } from '../ui/icon.ts'

export type DoorText = { title: string; points: readonly string[] }

/** One way to begin: a picture, what to expect, and its button. */
@Component({
  selector: 'pf-door',
  imports: [Icon],
  host: { class: 'card' },
  template: `
    <svg class="pic" viewBox="0 0 200 72" aria-hidden="true">
      @if (picture() === 'line') {
        <g fill="none" stroke="var(--pf-primary)" stroke-width="1.5"><path d="M20 56 50 44 80 48 110 30 140 34 180 14" /><path d="M20 64h160M20 68h160" stroke-width="1" /></g>
        <g fill="var(--pf-surface)" stroke="var(--pf-primary)" stroke-width="1.5"><circle cx="50" cy="44" r="3.5" /><circle cx="110" cy="30" r="3.5" /><circle cx="180" cy="14" r="3.5" /></g>
      } @else if (picture() === 'file') {
        <g fill="none" stroke="var(--pf-primary)" stroke-width="1.5"><path d="M72 8h34l18 18v38H72zM106 8v18h18" /><path d="M82 36h32M82 44h32M82 52h20" stroke-width="1" /></g>
      } @else {
        <g fill="none" stroke="var(--pf-primary)" stroke-width="1.5"><path d="M24 30 52 14 80 30zM30 34v22M44 34v22M60 34v22M74 34v22M24 60h56" /><rect x="128" y="18" width="44" height="44" rx="8" /><path d="m138 37 8 8 16-17" /><path d="M137 52h26M137 56h26" stroke-width="1" /></g>
        <path d="M88 40h32" stroke="var(--pf-line-strong)" stroke-width="1.5" stroke-dasharray="1.5 4" stroke-linecap="round" />
      }
    </svg>
    <h2>{{ text().title }}</h2>
    <ul>@for (point of text().points; track point) { <li><pf-icon name="check" [small]="true" /><span>{{ point }}</span></li> }</ul>
    <ng-content />
  `,
  styles: `
    :host { display: grid; grid-template-rows: 88px auto 1fr auto; gap: 8px; padding: 24px; }
    .pic { height: 72px; width: 100%; }
    ul { font: var(--pf-text-small); color: var(--pf-ink-2); display: grid; gap: 6px; align-content: start; margin-bottom: 16px; }
    li { display: flex; gap: 8px; }
    li pf-icon { margin-top: 1px; color: var(--pf-ink-3); }
    @media (max-width: 719px) { :host { grid-template-rows: auto; padding: 20px; } .pic { display: none; } }
  `,
})
export class Door {
  readonly text = input.required<DoorText>()
  readonly picture = input.required<'line' | 'file' | 'bank'>()
}
