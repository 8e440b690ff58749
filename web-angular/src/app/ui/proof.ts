import { NgTemplateOutlet } from '@angular/common'
import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Proof } from '../api/types.ts'
import { texts } from '../texts.ts'
import { shortDay } from './days.ts'

/** How far a figure is proven, as the API says it; a sum is only as proven as its weakest part. */
export function weakest(proofs: readonly Proof[]): Proof {
  if (proofs.length === 0) return { status: 'unverified', verified_to: null }
  const gap = proofs.find((proof) => proof.status === 'gap')
  const open = proofs.find((proof) => proof.status === 'unverified')
  const earliest = [...proofs].sort((a, b) => (a.verified_to ?? '').localeCompare(b.verified_to ?? ''))[0]
  return gap ?? open ?? earliest ?? { status: 'unverified', verified_to: null }
}

/** Of days that could not be fetched, those that no balance proves whole: rows that add up to the penny lack nothing. */
export const unprovenDays = <Days extends { to: string }>(days: readonly Days[], { verified_to }: Proof): Days[] =>
  days.filter(({ to }) => verified_to === null || verified_to < to)

/** The class that draws the rule under a figure: double, broken, dotted. */
export const ruleOf = (proof: Proof): string => `rule ${proof.status}`

/** The badge of the rule: a glyph and a word. With `link` it opens what it speaks of. */
@Component({
  selector: 'pf-proof',
  imports: [NgTemplateOutlet, RouterLink],
  template: `
    <ng-template #inside>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        @switch (proof().status) {
          @case ('verified') { <path d="M4.2 5.6 6.9 8.2 12 2.6" /><path d="M1.5 11.8h13M1.5 14.4h13" /> }
          @case ('gap') {
            <path d="M8 1.6v4.6M8 8.1v.9" stroke-width="1.8" /><path d="M1.5 11.8h4M10.5 11.8h4M1.5 14.4h4M10.5 14.4h4" />
          }
          @default { <circle cx="8" cy="5.2" r="3.2" /><path d="M1.5 13h13" stroke-dasharray="1.4 2.4" stroke-width="1.8" /> }
        }
      </svg>
      <span>{{ word() }}</span>
    </ng-template>
    @if (link(); as to) {
      <a [routerLink]="to" [class]="'proof ' + proof().status"><ng-container [ngTemplateOutlet]="inside" /></a>
    } @else {
      <span [class]="'proof ' + proof().status"><ng-container [ngTemplateOutlet]="inside" /></span>
    }
  `,
})
export class ProofBadge {
  readonly proof = input.required<Proof>()
  readonly long = input(false)
  readonly link = input<string>()

  protected readonly word = computed(() => {
    const { status, verified_to } = this.proof()
    if (status === 'gap') return texts.proof.gap
    if (status === 'unverified' || verified_to === null) return texts.proof.unverified
    return this.long() ? texts.proof.verifiedTo(shortDay(verified_to)) : shortDay(verified_to)
  })
}
