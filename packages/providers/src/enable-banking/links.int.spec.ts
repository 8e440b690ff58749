import {
  type EnableBankingWire,
  granting,
  nordea,
  refusal,
  session,
  startEnableBankingWire,
  wanted,
} from '../testing/enable-banking-wire.ts'
import { memorySecrets } from '../testing/memory-secrets.ts'
import { json } from '../testing/wire-server.ts'

/** Authorizations and sessions by the documented bodies of gocardless.md §11 over real HTTP. */
let wire: EnableBankingWire
beforeAll(async () => {
  wire = await startEnableBankingWire()
})
afterAll(() => wire.close())
beforeEach(() => {
  wire.calls.length = 0
})

describe('a link', () => {
  it('asks for what the bank allows, until a minute before its end', async () => {
    let asked: unknown
    wire.handle = granting(({ path, body }) => {
      if (path === '/auth') asked = body
    })
    expect(await wire.open().createLink({ ...wanted, consentDays: 365, language: 'EN' })).toEqual({
      ...{
        requisitionId: 'auth-1',
        agreementId: 'auth-1',
        link: 'https://consent',
        historyDays: 730,
        consentDays: 180,
      },
    })
    expect(asked).toEqual({
      access: { valid_until: '2025-09-10T08:59:00.000Z', balances: true, transactions: true },
      ...{ aspsp: { name: 'Nordea', country: 'FI' }, state: 'state-1', redirect_url: 'https://app/return' },
      ...{ psu_type: 'personal', language: 'en' },
    })
  })

  it('is for the kind of customer that the bank has', async () => {
    const asked: unknown[] = []
    wire.handle = granting(({ path, body }) => {
      if (path.startsWith('/aspsps')) return { aspsps: [{ ...nordea, psu_types: ['business'] }] }
      if (path === '/auth') asked.push((body as { psu_type: string }).psu_type)
      return undefined
    })
    await wire.open().createLink(wanted)
    expect(asked).toEqual(['business'])
  })

  it('is created until the browser is back, and linked by its code, once', async () => {
    wire.handle = granting()
    const secrets = memorySecrets()
    const feed = wire.open({ records: secrets })
    const { requisitionId: linkId } = await feed.createLink(wanted)
    expect(await feed.readLink(linkId)).toEqual({ status: 'created', accounts: [] })
    const callback = { code: 'code-1' }
    const [one, other] = await Promise.all(
      [feed, wire.open({ records: secrets })].map((each) => each.finishLink({ linkId, callback })),
    )
    const state = {
      ...{ status: 'linked', accounts: ['u1', 'u2'] },
      ...{ grantedAt: '2025-03-14T09:02:00.500Z', expiresAt: '2025-09-10T08:59:00.000Z' },
    }
    expect([one, other]).toEqual([
      { linkId, state },
      { linkId, state },
    ])
    expect(await feed.finishLink({ linkId, callback: {} })).toEqual({ linkId, state })
    expect(await feed.readLink(linkId)).toEqual(state)
    expect(wire.calls.filter((call) => call === 'POST /sessions')).toHaveLength(1)
  })

  it.each([
    ['EXPIRED_AUTHORIZATION_CODE', 'failed'],
    ['WRONG_AUTHORIZATION_CODE', 'failed'],
    ['ALREADY_AUTHORIZED', 'failed'],
    ['ACCESS_DENIED', 'rejected'],
    ['NO_ACCOUNTS_ADDED', 'linked'],
  ])('whose code is refused with %s is %s, without accounts', async (code, status) => {
    wire.handle = granting(({ path }, response) =>
      path === '/sessions' ? json(response, 422, refusal(code)) : undefined,
    )
    const feed = wire.open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    expect((await feed.finishLink({ linkId, callback: { code: 'c' } })).state).toEqual({ status, accounts: [] })
  })

  it('whose exchange fails for a while may be finished by the same return', async () => {
    let fails = true
    wire.handle = granting(({ path }, response) =>
      path === '/sessions' && fails ? json(response, 500, refusal('ASPSP_ERROR')) : undefined,
    )
    const feed = wire.open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    const finish = () => feed.finishLink({ linkId, callback: { code: 'c' } })
    await expect(finish()).rejects.toMatchObject({ code: 'bank_error', action: 'retry_later' })
    fails = false
    expect((await finish()).state.status).toBe('linked')
  })

  it('that the user backed out of is rejected, one that went wrong has failed', async () => {
    wire.handle = granting()
    const feed = wire.open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    const stateOf = async (error: string) => (await feed.finishLink({ linkId, callback: { error } })).state
    expect(await stateOf('access_denied')).toEqual({ status: 'rejected', accounts: [] })
    expect(await stateOf('server_error')).toEqual({ status: 'failed', accounts: [] })
    expect(await feed.readLink(linkId)).toEqual({ status: 'created', accounts: [] })
  })

  it('takes no consent of another bank, and ends it', async () => {
    wire.handle = granting(({ path }) =>
      path === '/sessions'
        ? { session_id: 's-1', accounts: [{ uid: 'u9' }], aspsp: { name: 'Other', country: 'FI' } }
        : undefined,
    )
    const feed = wire.open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    expect((await feed.finishLink({ linkId, callback: { code: 'c' } })).state.status).toBe('failed')
    expect(wire.calls.at(-1)).toBe('DELETE /sessions/s-1')
  })

  it.each([
    ['EXPIRED', 'expired'],
    ['CLOSED', 'revoked'],
    ['REVOKED', 'revoked'],
    ['CANCELLED', 'rejected'],
    ['INVALID', 'failed'],
    ['RETURNED_FROM_BANK', 'in_progress'],
    ['SOMETHING_NEW', 'in_progress'],
  ])('whose session is %s is %s', async (said, status) => {
    wire.handle = granting()
    const { feed, linkId } = await wire.linked()
    wire.handle = granting(({ path }) => (path === '/sessions/s-1' ? { ...session, status: said } : undefined))
    expect((await feed.readLink(linkId)).status).toBe(status)
  })

  it.each([
    ['EXPIRED_SESSION', 'expired'],
    ['CLOSED_SESSION', 'revoked'],
    ['REVOKED_SESSION', 'revoked'],
    ['SESSION_DOES_NOT_EXIST', 'revoked'],
  ])('that is answered with %s is %s', async (code, status) => {
    wire.handle = granting()
    const { feed, linkId } = await wire.linked()
    wire.handle = (_, response) => json(response, 404, refusal(code))
    expect(await feed.readLink(linkId)).toEqual({ status, accounts: [] })
    expect((await feed.account('u1')).status).toBe('expired')
  })

  it('is revoked with all that was kept of it, also where it is gone already', async () => {
    wire.handle = granting()
    const secrets = memorySecrets()
    const { feed, linkId } = await wire.linked(wire.open({ records: secrets }))
    expect(secrets.names()).toEqual(['provider/eb/account/u1', 'provider/eb/account/u2', 'provider/eb/link/auth-1'])
    wire.handle = (_, response) => json(response, 404, refusal('CLOSED_SESSION'))
    await feed.revokeLink(linkId)
    await feed.revokeLink(linkId)
    expect(secrets.names()).toEqual([])
    expect(wire.calls.filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /sessions/s-1'])
    await expect(feed.readLink(linkId)).rejects.toMatchObject({ code: 'not_found', action: 'not_found' })
    await expect(feed.account('u1')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('stays where the provider does not answer its end', async () => {
    wire.handle = granting()
    const { feed, linkId } = await wire.linked()
    wire.handle = (_, response) => json(response, 500, refusal('ASPSP_TIMEOUT'))
    await expect(feed.revokeLink(linkId)).rejects.toMatchObject({ action: 'retry_later' })
    wire.handle = granting()
    expect((await feed.readLink(linkId)).status).toBe('linked')
  })
})
