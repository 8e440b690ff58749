import { Component } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { Empty } from '../ui/empty.ts'
import { PageHead } from '../ui/page-head.ts'

@Component({
  selector: 'pf-not-found',
  imports: [Empty, PageHead, RouterLink],
  template: `
    <pf-page-head [heading]="texts.title" />
    <pf-empty [text]="texts.text"><a routerLink="/">{{ texts.go }}</a></pf-empty>
  `,
})
export class NotFound {
  protected readonly texts = texts.notFound
}
