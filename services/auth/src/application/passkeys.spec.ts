import { randomBytes } from 'node:crypto'
import { type PasskeyEvent, type Principal, passkeyEvents, refuse } from '@pf/contracts'
import { createCommandHandler, createIds } from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { createMemoryVault } from '@pf/vault/memory'
import { webauthn } from '../adapters/webauthn.ts'
import * as passkey from '../domain/passkey.ts'
import { memoryAttempts } from '../testing/memory-attempts.ts'
import { memoryAudit } from '../testing/memory-audit.ts'
import { memoryPasskeys } from '../testing/memory-passkeys.ts'
import { memoryChallenges } from '../testing/memory-second-factors.ts'
import { SoftAuthenticator } from '../testing/soft-authenticator.ts'
import { maxPasskeys, Passkeys, type PasskeysParts } from './passkeys.ts'

const [samId, spaceId] = ['018f0000-0000-7000-8000-00000000b001', '018f0000-0000-7000-8000-00000000a001']
const sam: Principal = { userId: samId, spaceId, sessionId: 'x-1', roles: ['user'] }
const kim: Principal = { ...sam, userId: '018f0000-0000-7000-8000-00000000b002' }
const password = 'correct horse'
const client = { address: '127.0.0.1', userAgent: 'spec' }
const origin = 'https://money.example.org'

async function running(over: Partial<PasskeysParts> = {}) {
  let nowMs = Date.parse('2026-11-20T08:00:00Z')
  const clock = { now: () => new Date(nowMs) }
  const ids = createIds(clock, randomBytes)
  const log = createMemoryLog({ clock })
  const { keys: sealer } = createMemoryVault()
  await sealer.createSpaceKey(spaceId)
  const audit = memoryAudit(clock, ids)
  const faults: string[] = []
  const passkeys = new Passkeys({
    passkeys: createCommandHandler<passkey.Passkey, passkey.PasskeyCommand, PasskeyEvent>(
      { ...passkeyEvents, decider: passkey },
      { log, sealer, clock, ids },
    ),
    store: memoryPasskeys(),
    challenges: memoryChallenges(),
    elsewhere: false,
    ceremonies: webauthn({ id: 'money.example.org', origin }),
    findUser: async () => ({ spaceId, username: 'sam' }),
    audit,
    checkPassword: async (_, said) => {
      if (said !== password) throw refuse('bad_credentials', 'No.')
    },
    attempts: memoryAttempts(),
    onFault: (fault) => void faults.push(fault),
    clock,
    ids,
    randomBytes,
    ...over,
  })
  const login = async (device: SoftAuthenticator, wrong: Parameters<SoftAuthenticator['get']>[1] = {}) =>
    passkeys.proven(device.get(await passkeys.beginLogin(client), wrong), client)
  return {
    passkeys,
    login,
    faults,
    pass(seconds: number) {
      nowMs += seconds * 1000
    },
    async audited() {
      return (await audit.list({ limit: 20 })).map(({ action, userId }) => [action, userId])
    },
    async happened() {
      const { lastSeq } = await log.info('auth')
      const messages = await Promise.all(Array.from({ length: lastSeq }, (_, at) => log.read('auth', at + 1)))
      return messages.flatMap((message) => message?.headers['ce-type']?.split(',') ?? [])
    },
  }
}

/** With a passkey of Sam's, on a device in memory. */
async function registered() {
  const parts = await running()
  const device = new SoftAuthenticator(origin)
  const credential = device.create(await parts.passkeys.begin(sam, { password }))
  const { id } = await parts.passkeys.register(sam, { name: 'Phone', credential })
  return { ...parts, device, id }
}

describe('a passkey', () => {
  it('is registered by who knows the password, listed, renamed and removed', async () => {
    const { passkeys, device, id, login, happened, audited } = await registered()
    expect((await passkeys.list(sam)).items).toMatchObject([{ id, name: 'Phone', last_used_at: null, synced: false }])
    expect((await passkeys.list(kim)).items).toEqual([])
    expect(await passkeys.rename(sam, { id, name: 'Old phone' })).toMatchObject({ id, name: 'Old phone' })
    await expect(passkeys.remove(sam, { id, password: 'guess' })).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(await login(device)).toBe(samId)
    await passkeys.remove(sam, { id, password })
    expect((await passkeys.list(sam)).items).toEqual([])
    await expect(login(device)).rejects.toMatchObject({ code: 'passkey_refused' })
    expect(await happened()).toEqual(['PasskeyRegistered', 'PasskeyRenamed', 'PasskeyRemoved'])
    expect(await audited()).toEqual([
      ['sign_in_failed', null],
      ['passkey_changed', samId],
      ['passkey_changed', samId],
    ])
  })

  it('is asked of the browser so that it can be found without a name and asks for its owner itself', async () => {
    const { passkeys, device } = await registered()
    const asked = await passkeys.begin(sam, { password })
    expect(asked).toMatchObject({
      rp: { id: 'money.example.org' },
      user: { name: 'sam' },
      excludeCredentials: [{ id: device.credentialId, type: 'public-key', transports: ['usb'] }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    })
    expect(Buffer.from(asked.challenge, 'base64url')).toHaveLength(32)
    expect(await passkeys.beginLogin(client)).toEqual({
      rpId: 'money.example.org',
      challenge: expect.any(String),
      timeout: 300_000,
      userVerification: 'required',
    })
  })

  it('is another user’s to nobody', async () => {
    const { passkeys, id, device } = await registered()
    await expect(passkeys.rename(kim, { id, name: 'Mine' })).rejects.toMatchObject({ code: 'passkey_not_found' })
    await expect(passkeys.remove(kim, { id, password })).rejects.toMatchObject({ code: 'passkey_not_found' })
    const again = device.create(await passkeys.begin(kim, { password }))
    await expect(passkeys.register(kim, { name: 'Mine', credential: again })).rejects.toMatchObject({
      code: 'passkey_invalid',
    })
    expect((await passkeys.list(kim)).items).toEqual([])
  })

  it('is changed in a session alone', async () => {
    const { passkeys, id, device } = await registered()
    const script: Principal = { ...sam, scopes: ['write', 'admin'] }
    const credential = device.create(await passkeys.begin(sam, { password }))
    for (const act of [
      () => passkeys.begin(script, { password }),
      () => passkeys.register(script, { name: 'x', credential }),
      () => passkeys.rename(script, { id, name: 'x' }),
      () => passkeys.remove(script, { id, password }),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'scope_missing' })
    }
  })

  it('is one of twenty at most', async () => {
    const { passkeys } = await running()
    for (let n = 0; n < maxPasskeys; n++) {
      const credential = new SoftAuthenticator(origin).create(await passkeys.begin(sam, { password }))
      await passkeys.register(sam, { name: `Key ${n}`, credential })
    }
    await expect(passkeys.begin(sam, { password })).rejects.toMatchObject({ code: 'passkeys_full' })
  })

  it.each([
    ['browsers make none', false, 'PUBLIC_URL has to be https'],
    ['another provider signs people in', true, 'where you sign in'],
  ])('is not to be had where %s, and told why', async (_where, elsewhere, why) => {
    const { passkeys } = await running({ ceremonies: undefined, elsewhere })
    expect(passkeys.offered).toBe(false)
    const off = { code: 'passkeys_off', detail: expect.stringContaining(why) }
    await expect(passkeys.begin(sam, { password })).rejects.toMatchObject(off)
    await expect(passkeys.beginLogin(client)).rejects.toMatchObject(off)
  })
})

describe('the registration of a passkey', () => {
  const certified = {
    fmt: 'packed',
    attStmt: new Map<string, unknown>([
      ['alg', -7],
      ['sig', Buffer.alloc(8)],
      ['x5c', [Buffer.alloc(8)]],
    ]),
  }

  it.each([
    ['from a page of another site', { origin: 'https://money.example.org.evil.example' }, /origin/],
    ['for another relying party', { rpId: 'evil.example' }, /RP ID/],
    ['without the owner proven by the device', { verified: false }, /verif/],
    ['that is a log-in in truth', { type: 'webauthn.get' }, /type/],
    ['with certificates that nobody asked for', { attestation: certified }, /attestation/],
  ])('%s is refused', async (_name, over, fault) => {
    const { passkeys, faults } = await running()
    const credential = new SoftAuthenticator(origin).create(await passkeys.begin(sam, { password }), over)
    const asked = passkeys.register(sam, { name: 'Phone', credential })
    await expect(asked).rejects.toMatchObject({ code: 'passkey_invalid' })
    expect(faults).toEqual([expect.stringMatching(fault)])
    expect((await passkeys.list(sam)).items).toEqual([])
  })

  it('answers each challenge once, in time, and one’s own', async () => {
    const { passkeys, pass } = await running()
    const register = (device: SoftAuthenticator, options: Awaited<ReturnType<Passkeys['begin']>>, who = sam) =>
      passkeys.register(who, { name: 'Phone', credential: device.create(options) })
    const device = new SoftAuthenticator(origin)
    const options = await passkeys.begin(sam, { password })
    await register(device, options)
    await expect(register(new SoftAuthenticator(origin), options)).rejects.toMatchObject({ code: 'passkey_invalid' })
    const others = await passkeys.begin(kim, { password })
    await expect(register(new SoftAuthenticator(origin), others)).rejects.toMatchObject({ code: 'passkey_invalid' })
    const late = await passkeys.begin(sam, { password })
    pass(300)
    await expect(register(new SoftAuthenticator(origin), late)).rejects.toMatchObject({ code: 'passkey_invalid' })
    const ofLogin = await passkeys.beginLogin(client)
    const mixed = { ...late, challenge: ofLogin.challenge }
    await expect(register(new SoftAuthenticator(origin), mixed)).rejects.toMatchObject({ code: 'passkey_invalid' })
    expect((await passkeys.list(sam)).items).toHaveLength(1)
  })
})

describe('a log-in by passkey', () => {
  it('is its owner’s, as often as it counts on', async () => {
    const { passkeys, device, login, pass } = await registered()
    for (let n = 0; n < 3; n++) {
      pass(1)
      expect(await login(device)).toBe(samId)
    }
    expect((await passkeys.list(sam)).items).toMatchObject([{ last_used_at: '2026-11-20T08:00:03.000Z' }])
  })

  it.each([
    ['from a page of another site', { origin: 'https://evil.example' }, /origin/],
    ['from the same host on another port', { origin: `${origin}:8443` }, /origin/],
    ['for another relying party', { rpId: 'evil.example' }, /RP ID/],
    ['without the owner proven by the device', { verified: false }, /verif/],
    ['that is a registration in truth', { type: 'webauthn.create' }, /type/],
    ['in another user’s name', { userHandle: Buffer.alloc(16).toString('base64url') }, /another user/],
  ])('%s is refused, and told to its owner', async (_name, over, fault) => {
    const { device, login, faults, audited } = await registered()
    await expect(login(device, over)).rejects.toMatchObject({ code: 'passkey_refused' })
    expect(faults).toEqual([expect.stringMatching(fault)])
    expect((await audited())[0]).toEqual(['sign_in_failed', samId])
    expect(await login(device)).toBe(samId)
  })

  it('answers each challenge once: what was sent before, or too late, opens nothing', async () => {
    const { passkeys, device, pass } = await registered()
    const credential = device.get(await passkeys.beginLogin(client))
    expect(await passkeys.proven(credential, client)).toBe(samId)
    const refused = { code: 'passkey_refused' }
    await expect(passkeys.proven(credential, client)).rejects.toMatchObject(refused)
    const late = device.get(await passkeys.beginLogin(client))
    pass(300)
    await expect(passkeys.proven(late, client)).rejects.toMatchObject(refused)
    const creation = await passkeys.begin(sam, { password })
    const mixed = device.get({ ...(await passkeys.beginLogin(client)), challenge: creation.challenge })
    await expect(passkeys.proven(mixed, client)).rejects.toMatchObject(refused)
    const unread = { ...credential, response: { ...credential.response, clientDataJSON: 'bm90IGpzb24' } }
    await expect(passkeys.proven(unread, client)).rejects.toMatchObject(refused)
  })

  it('is not had by a signature of another key, and a wrong answer spends the challenge', async () => {
    const { passkeys, device, audited } = await registered()
    const options = await passkeys.beginLogin(client)
    const right = device.get(options)
    const forged = new SoftAuthenticator(origin).get(options)
    const wrong = { ...right, response: { ...right.response, signature: forged.response.signature } }
    await expect(passkeys.proven(wrong, client)).rejects.toMatchObject({ code: 'passkey_refused' })
    await expect(passkeys.proven(right, client)).rejects.toMatchObject({ code: 'passkey_refused' })
    expect((await audited())[0]).toEqual(['sign_in_failed', samId])
  })

  it('is refused where the counter goes back or stands still, as a copy of the key would have it, and told', async () => {
    const { device, login, faults, audited } = await registered()
    device.counter = 6
    expect(await login(device)).toBe(samId)
    for (const before of [6, 2]) {
      device.counter = before
      await expect(login(device)).rejects.toMatchObject({ code: 'passkey_refused' })
    }
    expect(faults).toHaveLength(2)
    expect((await audited()).slice(0, 2)).toEqual([
      ['passkey_copied', samId],
      ['passkey_copied', samId],
    ])
    device.counter = 7
    expect(await login(device)).toBe(samId)
  })

  it('refuses all with the same words', async () => {
    const { passkeys, device, login } = await registered()
    const stranger = new SoftAuthenticator(origin)
    stranger.create(await passkeys.begin(sam, { password }))
    const said = (asked: Promise<unknown>) =>
      asked.then(
        () => 'let in',
        (error: Error) => JSON.stringify([error.message, { ...error }]),
      )
    const answers = [
      await said(login(stranger)),
      await said(login(device, { origin: 'https://evil.example' })),
      await said(passkeys.proven(device.get({ ...(await passkeys.beginLogin(client)), challenge: 'AAAA' }), client)),
    ]
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).not.toBe('let in')
  })

  it('is begun a hundred times in ten minutes from one address', async () => {
    const { passkeys, pass } = await running()
    for (let n = 0; n < 100; n++) await passkeys.beginLogin(client)
    await expect(passkeys.beginLogin(client)).rejects.toMatchObject({ code: 'too_many_attempts' })
    await passkeys.beginLogin({ address: '127.0.0.2' })
    pass(600)
    await passkeys.beginLogin(client)
  })

  it('is over with its user', async () => {
    const { passkeys, device, login } = await registered()
    await passkeys.forgetOf(samId)
    await expect(login(device)).rejects.toMatchObject({ code: 'passkey_refused' })
  })
})
