import { setupZonelessTestEnv } from 'jest-preset-angular/setup-env/zoneless/index.mjs'

setupZonelessTestEnv({ errorOnUnknownElements: true, errorOnUnknownProperties: true })

// jsdom lays nothing out, so it has nothing to scroll.
Element.prototype.scrollIntoView ??= () => undefined
