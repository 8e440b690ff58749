import { Component, signal } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { provideRouter, Router } from '@angular/router'
import { App } from './app.ts'

@Component({ template: '<h1>{{ word() }}</h1>' })
class Page {
  protected readonly word = signal('Here')
}

it('a page that is opened has its words before a frame can be drawn', async () => {
  TestBed.configureTestingModule({ providers: [provideRouter([{ path: 'page', component: Page }])] })
  const element: HTMLElement = TestBed.createComponent(App).nativeElement
  const opened = TestBed.inject(Router).navigateByUrl('/page')
  // No frame and no timer comes between microtasks.
  for (let step = 0; step < 1000 && element.textContent === ''; step++) await Promise.resolve()
  expect(element.textContent).toBe('Here')
  await opened
})
