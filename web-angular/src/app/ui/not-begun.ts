import { Component } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { Empty } from './empty.ts'

/** In place of a page's figures while there is no account at all: the way back to the three doors of the first run. */
@Component({
  selector: 'pf-not-begun',
  imports: [Empty, MatButton, RouterLink],
  template:
    '<pf-empty [text]="texts.empty"><a matButton="filled" routerLink="/welcome">{{ texts.begin }}</a></pf-empty>',
  styles: ':host { display: block; }',
})
export class NotBegun {
  protected readonly texts = texts.accounts
}
