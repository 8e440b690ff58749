import { UnreadablePayload } from './normalise/unreadable-payload.ts'
import { checkAnswer } from './payload.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('an answer of transactions', () => {
  it.each([
    ['cut short inside a row', '{"transactions":{"booked":[{"transactionId":"x"}'],
    ['an error that came as a success', '{"error":"try again"}'],
    ['without a list', '{"transactions":{}}'],
    ['with a list of its own shape', '{"transactions":{"booked":{}}}'],
    ['a bare list', '[]'],
  ])('is not one where it is %s', (_, text) => {
    expect(() => checkAnswer('transactions', bytes(text))).toThrow(UnreadablePayload)
  })

  it('is one with any list of booked rows, also an empty one', () => {
    expect(() => checkAnswer('transactions', bytes('{"transactions":{"booked":[]}}'))).not.toThrow()
    expect(() => checkAnswer('transactions', bytes('{"transactions":{"booked":[{"odd":true}]}}'))).not.toThrow()
  })

  it('says nothing of what stood in it', () => {
    const thrown = (text: string) => {
      try {
        checkAnswer('transactions', bytes(text))
      } catch (error) {
        return String(error)
      }
      return 'nothing'
    }
    expect(thrown('{"transactions":{"booked":[{"iban":"GB33BUKB20201555555555"}')).not.toContain('GB33')
  })
})

describe('an answer of balances', () => {
  it('has a list of them', () => {
    expect(() => checkAnswer('balances', bytes('{"balances":[]}'))).not.toThrow()
    for (const text of ['{"balances":{}}', '{"error":"x"}', '{"balances":[{}', '']) {
      expect(() => checkAnswer('balances', bytes(text))).toThrow(UnreadablePayload)
    }
  })
})
