import { randomBytes } from 'node:crypto'
import { type Principal, type Rest, refuse, type SecondFactorEvent, secondFactorEvents } from '@pf/contracts'
import { examples } from '@pf/contracts/examples'
import { createCommandHandler, createIds } from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { createMemoryVault } from '@pf/vault/memory'
import { Secret, TOTP } from 'otpauth'
import { totpCodes } from '../adapters/totp-codes.ts'
import * as secondFactor from '../domain/second-factor.ts'
import { memoryAudit } from '../testing/memory-audit.ts'
import { memoryChallenges, memorySecondFactors } from '../testing/memory-second-factors.ts'
import { SecondFactorOfApp, type SecondFactorParts } from './second-factor.ts'

const sam: Principal = {
  userId: '018f0000-0000-7000-8000-00000000b001',
  spaceId: '018f0000-0000-7000-8000-00000000a001',
  sessionId: 'x-1',
  roles: ['user'],
}
const password = 'correct horse'
const address = '127.0.0.1'

async function running(over: Partial<SecondFactorParts> = {}) {
  let nowMs = Date.parse('2026-11-20T08:00:00Z')
  const clock = { now: () => new Date(nowMs) }
  const ids = createIds(clock, randomBytes)
  const log = createMemoryLog({ clock })
  const { keys: sealer } = createMemoryVault()
  await sealer.createSpaceKey(sam.spaceId)
  const audit = memoryAudit(clock, ids)
  const mfa = new SecondFactorOfApp({
    factors: createCommandHandler<secondFactor.SecondFactor, secondFactor.SecondFactorCommand, SecondFactorEvent>(
      { ...secondFactorEvents, decider: secondFactor },
      { log, sealer, clock, ids },
    ),
    store: memorySecondFactors(),
    audit,
    challenges: memoryChallenges(),
    codes: totpCodes,
    offered: true,
    findUser: async () => ({ spaceId: sam.spaceId, username: 'sam' }),
    checkPassword: async (_, said) => {
      if (said !== password) throw refuse('bad_credentials', 'No.')
    },
    passkeyOf: async () => sam.userId,
    clock,
    randomBytes,
    ...over,
  })
  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: nowMs + steps * 30_000 })
  return {
    mfa,
    audit,
    codeOf,
    pass(seconds: number) {
      nowMs += seconds * 1000
    },
    async happened() {
      const { lastSeq } = await log.info('auth')
      const messages = await Promise.all(Array.from({ length: lastSeq }, (_, at) => log.read('auth', at + 1)))
      return messages.flatMap((message) => message?.headers['ce-type']?.split(',') ?? [])
    },
  }
}

/** With an app set up, a step after it was confirmed. */
async function enabled(over: Partial<SecondFactorParts> = {}) {
  const parts = await running(over)
  const { secret } = await parts.mfa.start(sam, { password })
  const { recovery_codes: codes } = await parts.mfa.confirm(sam, { code: parts.codeOf(secret) })
  parts.pass(30)
  const mfaToken = async () => (await parts.mfa.required(sam.userId, 1))?.members?.['mfa_token'] ?? ''
  return { ...parts, secret, codes, mfaToken }
}

describe('an app for codes', () => {
  it('is asked for once it was confirmed, and not before', async () => {
    const { mfa, audit, codeOf, happened } = await running()
    expect(await mfa.status(sam)).toEqual({ totp: false, recovery_codes_left: 0 })
    const { secret, otpauth_uri } = await mfa.start(sam, { password })
    expect(otpauth_uri).toContain(secret)
    expect(await mfa.required(sam.userId, 1)).toBeUndefined()
    await expect(mfa.confirm(sam, { code: 'wrong' })).rejects.toMatchObject({ code: 'mfa_refused' })
    const { recovery_codes } = await mfa.confirm(sam, { code: codeOf(secret) })
    expect(new Set(recovery_codes).size).toBe(10)
    expect(await mfa.status(sam)).toEqual({ totp: true, recovery_codes_left: 10 })
    expect((await mfa.required(sam.userId, 1))?.code).toBe('mfa_required')
    await expect(mfa.start(sam, { password })).rejects.toMatchObject({ code: 'mfa_on' })
    await expect(mfa.confirm(sam, { code: codeOf(secret) })).rejects.toMatchObject({ code: 'mfa_on' })
    expect(await happened()).toEqual(['SecondFactorEnabled'])
    const told = await audit.list({ userId: sam.userId, limit: 10 })
    expect(told.map(({ action }) => action)).toEqual(['second_factor_changed'])
  })

  it('is set up and changed in a session alone, by who knows the password', async () => {
    const { mfa, codeOf, secret } = await enabled()
    const script: Principal = { ...sam, scopes: ['write', 'admin'] }
    const code = codeOf(secret)
    for (const act of [
      () => mfa.start(script, { password }),
      () => mfa.confirm(script, { code }),
      () => mfa.disable(script, { password, code }),
      () => mfa.renewCodes(script, { password }),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'scope_missing' })
    }
    for (const act of [
      () => mfa.disable(sam, { password: 'guess', code }),
      () => mfa.renewCodes(sam, { password: 'guess' }),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'bad_credentials' })
    }
  })

  it('is turned off with the password and a code of its own, and its recovery codes with it', async () => {
    const { mfa, codeOf, secret, happened } = await enabled()
    await expect(mfa.disable(sam, { password, code: '000000' })).rejects.toMatchObject({ code: 'mfa_refused' })
    await mfa.disable(sam, { password, code: codeOf(secret) })
    expect(await mfa.status(sam)).toEqual({ totp: false, recovery_codes_left: 0 })
    expect(await mfa.required(sam.userId, 1)).toBeUndefined()
    await expect(mfa.renewCodes(sam, { password })).rejects.toMatchObject({ code: 'mfa_off' })
    expect(await happened()).toEqual(['SecondFactorEnabled', 'SecondFactorDisabled'])
  })

  it('is the provider’s where passwords are', async () => {
    const { mfa } = await running({ offered: false })
    await expect(mfa.start(sam, { password })).rejects.toMatchObject({ code: 'mfa_elsewhere' })
  })
})

describe('the second step of a log-in', () => {
  it('takes a code once, whichever log-in it comes with', async () => {
    const { mfa, codeOf, secret, mfaToken, pass } = await enabled()
    const [first, second] = [await mfaToken(), await mfaToken()]
    const code = codeOf(secret)
    expect(await mfa.proven({ mfaToken: first, code, address })).toBe(sam.userId)
    const again = (token: string) => mfa.proven({ mfaToken: token, code, address })
    await expect(again(second)).rejects.toMatchObject({ code: 'mfa_refused' })
    await expect(again(first)).rejects.toMatchObject({ code: 'mfa_token_invalid' })
    pass(30)
    await expect(again(second)).rejects.toMatchObject({ code: 'mfa_refused' })
    expect(await mfa.proven({ mfaToken: second, code: codeOf(secret), address })).toBe(sam.userId)
  })

  it('takes a recovery code once, however it is typed, and tells how many are left', async () => {
    const { mfa, codes, mfaToken, happened } = await enabled()
    const [code = ''] = codes
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')}`
    expect(await mfa.proven({ mfaToken: await mfaToken(), recoveryCode: typed, address })).toBe(sam.userId)
    expect((await mfa.status(sam)).recovery_codes_left).toBe(9)
    const again = mfa.proven({ mfaToken: await mfaToken(), recoveryCode: code, address })
    await expect(again).rejects.toMatchObject({ code: 'mfa_refused' })
    const renewed = await mfa.renewCodes(sam, { password })
    const old = mfa.proven({ mfaToken: await mfaToken(), recoveryCode: codes[1] ?? '', address })
    await expect(old).rejects.toMatchObject({ code: 'mfa_refused' })
    const [fresh = ''] = renewed.recovery_codes
    expect(await mfa.proven({ mfaToken: await mfaToken(), recoveryCode: fresh, address })).toBe(sam.userId)
    expect(await happened()).toEqual([
      'SecondFactorEnabled',
      'RecoveryCodeUsed',
      'RecoveryCodesIssued',
      'RecoveryCodeUsed',
    ])
  })

  it('comes within five minutes and five tries of the first one', async () => {
    const { mfa, codeOf, secret, mfaToken, pass } = await enabled()
    const tried = await mfaToken()
    for (let n = 0; n < 5; n++) {
      const guess = mfa.proven({ mfaToken: tried, recoveryCode: `guess ${n}`, address })
      await expect(guess).rejects.toMatchObject({ code: 'mfa_refused' })
    }
    const right = mfa.proven({ mfaToken: tried, code: codeOf(secret), address })
    await expect(right).rejects.toMatchObject({ code: 'mfa_token_invalid' })
    const late = await mfaToken()
    pass(300)
    const tooLate = mfa.proven({ mfaToken: late, code: codeOf(secret), address })
    await expect(tooLate).rejects.toMatchObject({ code: 'mfa_token_invalid' })
    const unknown = mfa.proven({ mfaToken: 'made up', code: codeOf(secret), address })
    await expect(unknown).rejects.toMatchObject({ code: 'mfa_token_invalid' })
  })

  it('is slowed down after ten wrong codes over all log-ins, while a recovery code still lets the owner in', async () => {
    const { mfa, codeOf, secret, codes, mfaToken, pass } = await enabled()
    for (let n = 0; n < 10; n++) {
      const guess = mfa.proven({ mfaToken: await mfaToken(), code: '000000', address })
      await expect(guess).rejects.toMatchObject({ code: 'mfa_refused' })
    }
    const slowed = mfa.proven({ mfaToken: await mfaToken(), code: codeOf(secret), address })
    await expect(slowed).rejects.toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 900 })
    const recoveryCode = codes[0] ?? ''
    expect(await mfa.proven({ mfaToken: await mfaToken(), recoveryCode, address })).toBe(sam.userId)
    pass(900)
    expect(await mfa.proven({ mfaToken: await mfaToken(), code: codeOf(secret), address })).toBe(sam.userId)
  })

  it('takes a passkey of the same user’s', async () => {
    const { mfa, mfaToken } = await enabled()
    const { credential: passkey } = examples.loginPasskey.body as { credential: Rest.PasskeyAssertion }
    expect(await mfa.proven({ mfaToken: await mfaToken(), passkey, address })).toBe(sam.userId)
    const others = await enabled({ passkeyOf: async () => '018f0000-0000-7000-8000-00000000b002' })
    const refused = others.mfa.proven({ mfaToken: await others.mfaToken(), passkey, address })
    await expect(refused).rejects.toMatchObject({ code: 'mfa_refused' })
  })

  it('takes exactly one of a code and a recovery code', async () => {
    const { mfa, codeOf, secret, codes, mfaToken } = await enabled()
    const token = await mfaToken()
    const both = mfa.proven({ mfaToken: token, code: codeOf(secret), recoveryCode: codes[0] ?? '', address })
    await expect(both).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(mfa.proven({ mfaToken: token, address })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('is gone with its user', async () => {
    const { mfa, codeOf, secret, mfaToken } = await enabled()
    const token = await mfaToken()
    await mfa.forgetOf(sam.userId)
    const gone = mfa.proven({ mfaToken: token, code: codeOf(secret), address })
    await expect(gone).rejects.toMatchObject({ code: 'mfa_token_invalid' })
    expect(await mfa.required(sam.userId, 1)).toBeUndefined()
  })
})
