import { type ConsentFacts, consentStatus } from './consent-status.ts'
import { zoneOf } from './time-zone.ts'

const facts = (overrides: Partial<ConsentFacts>): ConsentFacts => ({
  stage: 'active',
  awaiting: false,
  endReason: null,
  suspended: false,
  expiresAt: '2026-12-01T00:00:00.000Z',
  ...overrides,
})

describe('the status of a connection', () => {
  it.each([
    ['2026-11-16T23:59:59.000Z', 'active'],
    ['2026-11-17T00:00:00.000Z', 'expiring'],
    ['2026-11-30T23:59:59.000Z', 'expiring'],
    ['2026-12-01T00:00:00.000Z', 'expired'],
  ])("at the bank's %s is %s, fourteen days being the notice", (now, status) => {
    expect(consentStatus(facts({}), now)).toBe(status)
  })

  it('is pending while a person may still consent, and failed once nobody can', () => {
    const now = '2026-11-01T00:00:00.000Z'
    expect(consentStatus(facts({ stage: 'pending', awaiting: true, expiresAt: null }), now)).toBe('pending')
    expect(consentStatus(facts({ stage: 'pending', awaiting: false, expiresAt: null }), now)).toBe('failed')
  })

  it("is not called ended before the bank's own day is known", () => {
    expect(consentStatus(facts({ expiresAt: '2020-01-01T00:00:00.000Z' }), undefined)).toBe('active')
  })

  it('keeps why a consent ended', () => {
    const now = '2026-11-01T00:00:00.000Z'
    expect(consentStatus(facts({ stage: 'ended', endReason: 'expired' }), now)).toBe('expired')
    expect(consentStatus(facts({ stage: 'ended', endReason: 'revoked' }), now)).toBe('revoked')
    expect(consentStatus(facts({ stage: 'ended', endReason: 'revoked', suspended: true }), now)).toBe('failed')
  })
})

describe('the zone of an account', () => {
  it('is that of its IBAN, else of a bank that serves one country, else UTC', () => {
    expect(zoneOf('DE89370400440532013000', ['GB'])).toBe('Europe/Berlin')
    expect(zoneOf(undefined, ['GB'])).toBe('Europe/London')
    expect(zoneOf(undefined, ['GB', 'DE'])).toBe('UTC')
    expect(zoneOf('GL3343697694912188', ['GB'])).toBe('Europe/London')
  })
})
