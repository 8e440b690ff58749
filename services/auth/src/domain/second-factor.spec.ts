import type { SecondFactorEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import * as secondFactor from './second-factor.ts'

const { given } = specify(secondFactor)
const at = '2026-11-20T08:00:00.000Z'
const userId = 'u-1'
const enabled: SecondFactorEvent = { type: 'SecondFactorEnabled', data: { userId, factor: 'totp', enabledAt: at } }
const disabled: SecondFactorEvent = { type: 'SecondFactorDisabled', data: { userId, factor: 'totp', disabledAt: at } }
const enable: secondFactor.SecondFactorCommand = { type: 'EnableSecondFactor', userId, factor: 'totp', enabledAt: at }
const disable: secondFactor.SecondFactorCommand = {
  type: 'DisableSecondFactor',
  userId,
  factor: 'totp',
  disabledAt: at,
}
const use: secondFactor.SecondFactorCommand = { type: 'UseRecoveryCode', userId, left: 9, usedAt: at }
const renew: secondFactor.SecondFactorCommand = { type: 'IssueRecoveryCodes', userId, count: 10, issuedAt: at }

describe('a second factor', () => {
  it('is enabled once, disabled once, and may be enabled again', () => {
    given([]).when(enable).then([enabled])
    given([enabled]).when(enable).thenNothing()
    given([enabled]).when(disable).then([disabled])
    given([enabled, disabled]).when(disable).thenNothing()
    given([]).when(disable).thenNothing()
    given([enabled, disabled]).when(enable).then([enabled])
  })

  it('has recovery codes while it is on', () => {
    given([enabled])
      .when(use)
      .then([{ type: 'RecoveryCodeUsed', data: { userId, left: 9, usedAt: at } }])
    given([enabled])
      .when(renew)
      .then([{ type: 'RecoveryCodesIssued', data: { userId, count: 10, issuedAt: at } }])
    given([]).when(use).thenNothing()
    given([enabled, disabled]).when(renew).thenNothing()
  })
})
