import { callbackOf, readRequisitionRequest } from './requisition.ts'
import { WireError } from './wire-error.ts'

const asked = (overrides: Record<string, unknown> = {}) => ({
  institution_id: 'SANDBOXFINANCE_SFIN0000',
  redirect: 'https://app.example/back',
  ...overrides,
})
const bodyOf = (read: () => unknown): unknown => {
  try {
    read()
  } catch (error) {
    if (error instanceof WireError) return error.body
    throw error
  }
  return 'accepted'
}

describe('a callback', () => {
  it('carries the reference, after whatever query the redirect has', () => {
    expect(callbackOf({ redirect: 'https://a.example/b', reference: 'r 1' })).toBe('https://a.example/b?ref=r%201')
    expect(callbackOf({ redirect: 'https://a.example/b?c=d#e', reference: 'r' })).toBe(
      'https://a.example/b?c=d&ref=r#e',
    )
  })
  it('names its error, blanks as plus', () => {
    expect(callbackOf({ redirect: 'https://a.example/', reference: 'r' }, 'UserCancelledSession')).toBe(
      'https://a.example/?ref=r&error=UserCancelledSession&details=User+cancelled+the+session.',
    )
  })
})

describe('a request for a requisition', () => {
  it('is refused with the documented bodies', () => {
    expect(bodyOf(() => readRequisitionRequest({}))).toEqual({
      redirect: ['This field is required.'],
      institution_id: ['This field is required.'],
      status_code: 400,
    })
    expect(bodyOf(() => readRequisitionRequest(asked({ institution_id: 'NO_BANK' })))).toEqual({
      institution_id: {
        summary: 'Unknown Institution ID NO_BANK',
        detail: 'Get Institution IDs from /institutions/?country={$COUNTRY_CODE}',
      },
      status_code: 400,
    })
    expect(bodyOf(() => readRequisitionRequest(asked({ redirect: 'javascript:alert(1)' })))).toEqual({
      redirect: { summary: 'Invalid redirect URI', detail: 'Redirect URI must have a valid URI structure' },
      status_code: 400,
    })
    expect(bodyOf(() => readRequisitionRequest(asked({ colour: 'red' })))).toMatchObject({ summary: 'Unknown fields' })
    expect(bodyOf(() => readRequisitionRequest(asked({ user_language: 'EN-GB' })))).toMatchObject({
      user_language: { detail: "'EN-GB' is an invalid or unsupported language" },
    })
  })
  it('is taken with defaults', () => {
    expect(bodyOf(() => readRequisitionRequest(asked()))).toBe('accepted')
    expect(readRequisitionRequest(asked())).toMatchObject({ agreement: null, reference: null, userLanguage: 'EN' })
  })
})
