import { isDevMode } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { appConfig } from './app/app.config.ts'
import { App } from './app/app.ts'

void bootstrapApplication(App, appConfig)

/** After the first screen: the worker fetches the whole app, and that may wait. */
const whenIdle = (work: () => void) =>
  'requestIdleCallback' in globalThis ? requestIdleCallback(work, { timeout: 10_000 }) : setTimeout(work, 3000)

// Where it is refused, as in some private windows, the console says so and the app only needs a network.
if (!isDevMode() && 'serviceWorker' in navigator) whenIdle(() => void navigator.serviceWorker.register('worker.js'))
