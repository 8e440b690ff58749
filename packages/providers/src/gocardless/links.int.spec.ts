import { type GoCardlessWire, startGoCardlessWire } from '../testing/gocardless-wire.ts'
import { json } from '../testing/wire-server.ts'

/** Links by the documented bodies of gocardless.md §2.3 and §2.4 over real HTTP. */
let wire: GoCardlessWire
beforeAll(async () => {
  wire = await startGoCardlessWire()
})
afterAll(() => wire.close())
beforeEach(() => {
  wire.calls.length = 0
})

describe('a link', () => {
  const agreement = { id: 'eua', max_historical_days: 730, access_valid_for_days: 180, accepted: null }
  const requisition = {
    ...{
      id: 'req',
      status: 'CR',
      link: 'https://bank.example/start',
      agreement: 'eua',
      reference: 'ref-1',
      accounts: [],
    },
  }
  const wanted = {
    institutionId: 'X',
    redirect: 'https://app.example/return',
    reference: 'ref-1',
    historyDays: 730,
    consentDays: 180,
  }

  const bank = {
    ...{ id: 'X', name: 'Bank', countries: ['GB'], transaction_total_days: '730', max_access_valid_for_days: '180' },
  }
  const isInstitution = (path: string) => path.includes('/institutions/')

  it('asks for what the bank allows', async () => {
    const bodies: unknown[] = []
    wire.handle = ({ path, body }, response) => {
      if (isInstitution(path)) return bank
      bodies.push(body)
      return json(response, 201, path.includes('/agreements/') ? agreement : requisition)
    }
    expect(await wire.open().createLink({ ...wanted, language: 'EN' })).toEqual({
      ...{
        requisitionId: 'req',
        agreementId: 'eua',
        link: 'https://bank.example/start',
        historyDays: 730,
        consentDays: 180,
      },
    })
    expect(bodies).toEqual([
      {
        ...{ institution_id: 'X', max_historical_days: 730, access_valid_for_days: 180 },
        access_scope: ['balances', 'details', 'transactions'],
      },
      { institution_id: 'X', redirect: wanted.redirect, agreement: 'eua', reference: 'ref-1', user_language: 'EN' },
    ])
  })

  it('steps down to 90 days where the bank refuses more', async () => {
    wire.handle = ({ path, body }, response) => {
      if (isInstitution(path)) return bank
      if (!path.includes('/agreements/')) return json(response, 201, requisition)
      const { access_valid_for_days: days, max_historical_days: history } = body as typeof agreement
      const refusal = {
        access_valid_for_days: [{ summary: 'Incorrect access_valid_for_days', detail: 'x' }],
        status_code: 400,
      }
      if (days > 90) return json(response, 400, refusal)
      return json(response, 201, { ...agreement, max_historical_days: history, access_valid_for_days: days })
    }
    expect(await wire.open().createLink(wanted)).toMatchObject({ historyDays: 90, consentDays: 90 })
  })

  it('does not step down for a bank that is not known', async () => {
    wire.handle = ({ path }, response) =>
      isInstitution(path)
        ? bank
        : json(response, 400, { institution_id: { summary: 'Unknown Institution ID X' }, status_code: 400 })
    await expect(wire.open().createLink(wanted)).rejects.toMatchObject({
      code: 'bad_request',
      fields: ['institution_id'],
    })
    expect(wire.calls).toHaveLength(3)
  })

  it('is read with the span of its consent', async () => {
    wire.handle = ({ path }) =>
      path.includes('/agreements/')
        ? { ...agreement, access_valid_for_days: 90, accepted: '2025-03-14 09:00:00.123456+00:00' }
        : { ...requisition, status: 'LN', accounts: ['a1', 'a2'] }
    expect(await wire.open().readLink('req')).toEqual({
      ...{ status: 'linked', accounts: ['a1', 'a2'], reference: 'ref-1' },
      ...{ grantedAt: '2025-03-14T09:00:00.123Z', expiresAt: '2025-06-12T09:00:00.123Z' },
    })
  })

  it('that is not granted yet has no span', async () => {
    wire.handle = () => ({ ...requisition, status: 'UA' })
    expect(await wire.open().readLink('req')).toEqual({ status: 'in_progress', accounts: [], reference: 'ref-1' })
  })

  it('is revoked, also where it is gone already', async () => {
    wire.handle = () => ({ summary: 'Requisition deleted', detail: 'x' })
    await wire.open().revokeLink('req')
    expect(wire.calls.at(-1)).toBe('DELETE /api/v2/requisitions/req/')
    wire.handle = (_, response) =>
      json(response, 404, { summary: 'Not found.', detail: 'Not found.', status_code: 404 })
    await wire.open().revokeLink('req')
  })

  it('is cut to what the bank announces, and to 90 days of history where more would be given once only', async () => {
    const asked = termsAsked({ ...bank, supported_features: ['separate_continuous_history_consent'] })
    expect(await wire.open().createLink({ ...wanted, consentDays: 365 })).toMatchObject({
      historyDays: 90,
      consentDays: 180,
    })
    expect(asked).toHaveLength(1)
  })

  it('is confirmed every 90 days only where that is wished for and the bank does it', async () => {
    const british = {
      ...{ ...bank, max_access_valid_for_days: '90', max_access_valid_for_days_reconfirmation: '730' },
      supported_features: ['reconfirmation_of_consent'],
    }
    const asked = termsAsked(british)
    const feed = wire.open()
    expect(await feed.createLink({ ...wanted, reconfirmation: true })).toMatchObject({
      consentDays: 730,
      reconfirmation: true,
    })
    expect(await feed.createLink(wanted)).toMatchObject({ consentDays: 90 })
    expect(asked.map(({ reconfirmation }) => reconfirmation)).toEqual([true, undefined])
    termsAsked(bank)
    expect((await wire.open().createLink({ ...wanted, reconfirmation: true })).reconfirmation).toBeUndefined()
  })

  it.each([
    [403, { summary: '', detail: 'You do not have permission to enable reconfirmation.', status_code: 403 }],
    [400, { reconfirmation: [{ summary: 'Reconfirmation not supported', detail: 'x' }], status_code: 400 }],
  ])('is asked for without confirmations where they are refused: HTTP %s', async (status, body) => {
    const british = {
      ...{ ...bank, max_access_valid_for_days: '90', max_access_valid_for_days_reconfirmation: '730' },
      supported_features: ['reconfirmation_of_consent'],
    }
    const asked = termsAsked(british, (terms) => (terms.reconfirmation === true ? [status, body] : undefined))
    const link = await wire.open().createLink({ ...wanted, reconfirmation: true })
    expect(link).toMatchObject({ consentDays: 90, historyDays: 730 })
    expect(asked).toHaveLength(2)
  })

  it('is asked for with the scopes that the bank has', async () => {
    const detail =
      "The access scopes supported by the institution are ['balances', 'transactions']. The following scopes are not supported: ['details']"
    const asked = termsAsked(bank, ({ access_scope }) =>
      access_scope.includes('details')
        ? [400, { access_scope: [{ summary: 'Unsupported access scope selected.', detail }], status_code: 400 }]
        : undefined,
    )
    await wire.open().createLink(wanted)
    expect(asked.map(({ access_scope }) => access_scope)).toEqual([
      ['balances', 'details', 'transactions'],
      ['balances', 'transactions'],
    ])
  })

  it('is not asked for where the bank gives no transactions', async () => {
    const detail =
      "The access scopes supported by the institution are ['balances']. The following scopes are not supported: []"
    const asked = termsAsked(bank, () => [
      400,
      { access_scope: [{ summary: 'Unsupported access scope selected.', detail }] },
    ])
    await expect(wire.open().createLink(wanted)).rejects.toMatchObject({
      code: 'bad_request',
      fields: ['access_scope'],
    })
    expect(asked).toHaveLength(1)
  })

  it('lets the user choose accounts where the bank does, and goes without where it refuses that after all', async () => {
    const choices: unknown[] = []
    const choosing = { ...bank, supported_features: ['account_selection'] }
    const refusal = { account_selection: { summary: 'Account selection not supported', detail: 'x' }, status_code: 400 }
    let refused = false
    wire.handle = ({ path, body }, response) => {
      if (isInstitution(path)) return choosing
      if (path.includes('/agreements/')) return json(response, 201, agreement)
      const { account_selection: choice } = body as { account_selection?: boolean }
      choices.push(choice)
      return choice && refused ? json(response, 400, refusal) : json(response, 201, requisition)
    }
    expect((await wire.open().createLink(wanted)).requisitionId).toBe('req')
    refused = true
    expect((await wire.open().createLink(wanted)).requisitionId).toBe('req')
    expect(choices).toEqual([true, true, undefined])
  })

  it('is told in another language where the wished one is not spoken', async () => {
    const languages: unknown[] = []
    wire.handle = ({ path, body }, response) => {
      if (isInstitution(path)) return bank
      if (path.includes('/agreements/')) return json(response, 201, agreement)
      const { user_language: language } = body as { user_language?: string }
      languages.push(language)
      const refusal = { user_language: { summary: 'Provided user_language is invalid or not supported', detail: 'x' } }
      return language === undefined ? json(response, 201, requisition) : json(response, 400, refusal)
    }
    expect((await wire.open().createLink({ ...wanted, language: 'CY' })).requisitionId).toBe('req')
    expect(languages).toEqual(['CY', undefined])
  })

  it('costs no call where the free allowance is used up but the one that says so', async () => {
    const asked = termsAsked(bank, () => [402, { summary: 'Payment Required', detail: 'Free usage limit exceeded' }])
    await expect(wire.open().createLink(wanted)).rejects.toMatchObject({
      ...{ code: 'payment_required', action: 'stop_and_tell_operator' },
    })
    expect(asked).toHaveLength(1)
  })
})

type Terms = {
  reconfirmation?: boolean
  access_scope: string[]
  max_historical_days: number
  access_valid_for_days: number
}

/** A bank that grants what it is asked for, unless `refusal` says otherwise. Gives what it was asked. */
function termsAsked(
  institution: object,
  refusal: (terms: Terms) => [number, object] | undefined = () => undefined,
): Terms[] {
  const asked: Terms[] = []
  wire.handle = ({ path, body }, response) => {
    if (path.includes('/institutions/')) return institution
    if (path.includes('/requisitions/')) {
      return json(response, 201, {
        id: 'req',
        status: 'CR',
        link: 'https://bank.example',
        agreement: 'eua',
        reference: 'r',
        accounts: [],
      })
    }
    const terms = body as Terms
    asked.push(terms)
    const [status, refused] = refusal(terms) ?? []
    if (status !== undefined) return json(response, status, refused)
    return json(response, 201, { id: 'eua', accepted: null, reconfirmation: false, ...terms })
  }
  return asked
}

describe('a consent that has to be confirmed', () => {
  const accepted = '2025-03-14T09:00:00Z'
  const agreement = { id: 'eua', max_historical_days: 730, access_valid_for_days: 730, accepted, reconfirmation: true }
  const requisition = {
    id: 'req',
    status: 'LN',
    link: 'x',
    agreement: 'eua',
    reference: 'ref-1',
    accounts: ['a1', 'a2'],
  }
  const asked = {
    ...{ reconfirmation_url: 'https://ob.example/confirm', created: '2025-06-01T10:00:00Z', redirect: null },
    ...{ url_valid_from: '2025-05-29T09:00:00Z', url_valid_to: '2025-06-26T09:00:00Z' },
  }
  const waiting = { reconfirmed: null, rejected: '' }
  const linkOf = (reconfirmation: object | undefined) => {
    wire.handle = ({ path }, response) => {
      if (path.endsWith('/reconfirm/')) return reconfirmation ?? json(response, 404, { summary: 'Not found.' })
      return path.includes('/agreements/') ? agreement : requisition
    }
    return wire.open().readLink('req')
  }

  it('says by when: 90 days after it was given, and then after it was confirmed', async () => {
    expect(await linkOf(undefined)).toMatchObject({
      expiresAt: '2027-03-14T09:00:00.000Z',
      reconfirmBy: '2025-06-12T09:00:00.000Z',
    })
    const confirmed = { reconfirmed: '2025-06-10T11:02:00Z', rejected: '' }
    expect(await linkOf({ ...asked, accounts: { a1: confirmed, a2: waiting } })).toMatchObject({
      reconfirmBy: '2025-06-12T09:00:00.000Z',
    })
    expect(await linkOf({ ...asked, accounts: { a1: confirmed, a2: confirmed } })).toMatchObject({
      reconfirmBy: '2025-09-08T11:02:00.000Z',
    })
  })

  it('has a page for it, from 14 days before to 14 days after', async () => {
    const bodies: unknown[] = []
    wire.handle = ({ body }, response) => {
      bodies.push(body)
      return json(response, 201, {
        ...asked,
        accounts: { a1: waiting, a2: { reconfirmed: null, rejected: '2025-06-11T00:00:00Z' } },
      })
    }
    const feed = wire.open()
    expect(await feed.reconfirm?.('eua', { redirect: 'https://app/return' })).toEqual({
      ...{ link: 'https://ob.example/confirm', validFrom: '2025-05-29T09:00:00.000Z' },
      ...{ dueAt: '2025-06-12T09:00:00.000Z', validTo: '2025-06-26T09:00:00.000Z', rejected: ['a2'] },
    })
    expect(bodies).toEqual([{ redirect: 'https://app/return' }])
    expect(wire.calls.at(-1)).toBe('POST /api/v2/agreements/enduser/eua/reconfirm/')
  })

  it('has none where none was asked for, or where the provider has it no more', async () => {
    for (const status of [404, 400]) {
      wire.handle = (_, response) => json(response, status, { summary: 'No accounts left to reconfirm.' })
      expect(await wire.open().readReconfirmation?.('eua')).toBeUndefined()
    }
  })
})
