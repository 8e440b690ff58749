import { type Fault, strikes } from './fault.ts'

const fault = (overrides: Partial<Fault>): Fault => ({
  id: 1,
  method: null,
  path: '/',
  left: null,
  status: 500,
  body: undefined,
  headers: {},
  delayMs: 0,
  drop: false,
  ...overrides,
})
const path = '/api/v2/accounts/0b5f/transactions/'

describe('an ordered fault', () => {
  it.each(['/api/v2/accounts/', '/accounts/0b5f/', '*/transactions/', '/api/v2/accounts/*/transactions/', '*'])(
    'strikes where %s matches',
    (pattern) => expect(strikes(fault({ path: pattern }), 'GET', path)).toBe(true),
  )
  it.each(['/api/v2/requisitions/', '/accounts/*/balances/', '*/accounts', '/api/v2/accounts/0b5f.transactions/'])(
    'spares what %s does not match',
    (pattern) => expect(strikes(fault({ path: pattern }), 'GET', path)).toBe(false),
  )
  it('looks at the method where one is named', () => {
    expect(strikes(fault({ method: 'POST' }), 'GET', path)).toBe(false)
    expect(strikes(fault({ method: 'GET' }), 'GET', path)).toBe(true)
  })
  it('is spent when none are left', () => {
    expect(strikes(fault({ left: 0 }), 'GET', path)).toBe(false)
  })
})
