import type { Bus, CallOptions } from '@pf/service-kit'
import { type Ask, asking } from './compose/ask.ts'
import type { Engine } from './graphql/engine.ts'
import type { Tokens } from './http/tokens.ts'
import type { Downloads, Uploads } from './http/uploads.ts'
import type { Notices } from './live/notices.ts'
import type { Logos } from './logos/logos.ts'

export type GatewaySettings = {
  publicUrl: string
  apiPort: number
  webPort: number
  demo: boolean
}

/** What every controller needs, made once at start. */
export class Gateway {
  readonly bus: Bus
  readonly tokens: Tokens
  readonly notices: Notices
  readonly uploads: Uploads
  readonly graphql: Engine
  readonly downloads: Downloads
  readonly logos: Logos
  readonly dependencies: () => Promise<Record<string, string>>
  readonly now: () => number
  readonly publicUrl: string
  readonly demo: boolean
  readonly secure: boolean
  readonly refreshCookie: string
  /** What a device holds on which somebody signed in before. */
  readonly deviceCookie: string
  readonly attemptCookie: string
  /** What a return from the bank carried, until its owner has signed in or the bank's answer has come. */
  readonly returnCookie: string

  constructor(
    parts: Pick<
      Gateway,
      'bus' | 'tokens' | 'notices' | 'uploads' | 'downloads' | 'logos' | 'graphql' | 'dependencies' | 'now'
    >,
    { publicUrl, apiPort, webPort, demo }: GatewaySettings,
  ) {
    this.bus = parts.bus
    this.tokens = parts.tokens
    this.notices = parts.notices
    this.uploads = parts.uploads
    this.graphql = parts.graphql
    this.downloads = parts.downloads
    this.logos = parts.logos
    this.dependencies = parts.dependencies
    this.now = parts.now
    this.publicUrl = publicUrl
    this.demo = demo
    this.secure = publicUrl.startsWith('https:')
    // Cookies ignore ports: two instances on one host would take each other's.
    const suffix = webPort === 3000 && apiPort === 8000 ? '' : `_${webPort}`
    this.refreshCookie = `refresh_token${suffix}`
    this.deviceCookie = `device${suffix}`
    this.attemptCookie = `connection_attempt${suffix}`
    this.returnCookie = `connection_return${suffix}`
  }

  ask(options: CallOptions): Ask {
    return asking(this.bus, options)
  }
}
