import { Component, input } from '@angular/core'

/** One sentence and one action in place of the content; the frame around it stays. */
@Component({
  selector: 'pf-empty',
  host: { class: 'empty' },
  template: '<p>{{ text() }}</p><ng-content />',
})
export class Empty {
  readonly text = input.required<string>()
}
