import { Component, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { welcomeTexts } from '../texts/welcome.ts'
import { texts } from '../texts.ts'
import { Blocks } from '../ui/blocks.ts'
import { Brand } from '../ui/brand.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { Door } from './door.ts'
import { WelcomeStore } from './store.ts'

/** The first page after registering: equal doors. Where the server has no demo bank, one door is there. */
@Component({
  selector: 'pf-welcome',
  imports: [Blocks, Brand, Door, MatButton, RouterLink, Strip],
  providers: [WelcomeStore],
  template: `
    <header><pf-brand class="grow" /><span class="small muted who">{{ shell.signedInAs(store.username()) }}</span></header>
    <main>
      <h1>{{ texts.heading }}</h1>
      <p class="muted lead">{{ store.demo() || store.state().status !== 'ready' ? texts.lead : texts.leadOne }}</p>
      @if (store.error(); as error) { <pf-strip kind="err" class="note">{{ error }}</pf-strip> }
      @if (store.state(); as state) {
        @if (state.status === 'failed') {
          <pf-strip kind="err" class="note">{{ problemText(state.problem) }} <button type="button" class="again" (click)="store.retry()">{{ again }}</button></pf-strip>
        }
      }
      <div class="doors">
        @if (store.demo()) {
          <pf-door picture="line" [text]="texts.demo">
            <button matButton="filled" type="button" [disabled]="store.busy()" [disabledInteractive]="true" (click)="store.openDemo()">{{ store.busy() ? texts.opening : texts.demo.go }}</button>
          </pf-door>
        } @else if (store.state().status === 'loading') {
          <pf-blocks [height]="304" />
        }
        <pf-door picture="file" [text]="texts.file"><a matButton="filled" routerLink="/imports">{{ texts.file.go }}</a></pf-door>
        <pf-door picture="bank" [text]="texts.bank"><a matButton="filled" routerLink="/connections/add">{{ texts.bank.go }}</a></pf-door>
      </div>
      <p class="later"><a routerLink="/connections" class="small">{{ texts.later }}</a></p>
    </main>
    <footer class="cap muted">{{ texts.hosted }}</footer>
  `,
  styles: `
    :host { min-height: 100dvh; display: grid; grid-template-rows: auto 1fr auto; padding: 24px; }
    header { display: flex; gap: 12px; align-items: center; }
    .who { overflow-wrap: anywhere; }
    main { width: 100%; max-width: 1040px; margin: 0 auto; align-self: center; padding-block: 32px; }
    h1 { font-size: 1.75rem; line-height: 2.25rem; }
    .lead { margin-top: 6px; max-width: 60ch; }
    .note { margin-top: 20px; }
    .doors { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); gap: 16px; margin-top: 32px; }
    .later { margin-top: 20px; }
    footer { text-align: center; }
    @media (max-width: 719px) { :host { padding: 16px; } .doors { margin-top: 20px; gap: 12px; } }
  `,
})
export class WelcomePage {
  protected readonly store = inject(WelcomeStore)
  protected readonly texts = welcomeTexts
  protected readonly shell = texts.shell
  protected readonly again = texts.retry
  protected readonly problemText = problemText
}
