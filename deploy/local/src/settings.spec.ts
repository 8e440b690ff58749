import { readSettings } from './settings.ts'

describe('the settings of npm start', () => {
  it('have defaults for everything', () => {
    expect(readSettings('/checkout', {}, false)).toMatchObject({
      dataDir: '/checkout/.data',
      webPort: 3000,
      apiPort: 8000,
      sandboxPort: 8010,
      bind: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      sandbox: true,
      apart: false,
    })
  })

  it('follow the web port in the address shown', () => {
    expect(readSettings('/checkout', { PF_WEB_PORT: '3100' }, false).publicUrl).toBe('http://localhost:3100')
  })

  it('are refused in one message that lists all that is wrong', () => {
    const wrong = { PF_WEB_PORT: 'web', PF_SANDBOX: 'maybe', PUBLIC_URL: 'here' }
    expect(() => readSettings('/checkout', wrong, false)).toThrow(
      /PF_WEB_PORT: found "web"[\s\S]*PF_SANDBOX: found "maybe"[\s\S]*PUBLIC_URL: found "here"/,
    )
  })
})
