import { type InputOf, type LinkView, requests } from '@pf/contracts'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

const operations = requests.connection
let world: RunningConnection
let principal = principalOf(1)
let asked = 0

beforeAll(async () => {
  world = await runConnection()
})
afterAll(() => world.stop())
beforeEach(async () => {
  principal = principalOf(++asked + 50)
  await world.platform.keys.createSpaceKey(principal.spaceId)
})

type Input = InputOf<typeof operations.statementAccount>
const place = (input: Partial<Input> = {}) =>
  world.platform.bus.call(
    operations.statementAccount,
    { identifiers: {}, dryRun: false, commandId: `s-${++asked}`, ...input },
    { principal },
  )
const accounts = async () => (await world.platform.bus.call(operations.accounts, {}, { principal })).items

/** Links the household and answers the IBAN of its first account. */
async function linkBank(): Promise<string> {
  const connectionId = `018f0000-0000-7000-8000-0000000f${String(++asked).padStart(4, '0')}`
  const input = { institutionId: sandboxInstitution, provider: 'sandbox', commandId: `c-${asked}`, connectionId }
  const { link, attempt }: LinkView = await world.platform.bus.call(operations.request, input, { principal })
  const requisitionId = new URL(link).pathname.split('/')[3] ?? ''
  const { redirect } = await world.control('POST', `consents/${requisitionId}`, { decision: 'grant' })
  const reference = new URL(String(redirect)).searchParams.get('ref') ?? ''
  await world.platform.bus.call(operations.complete, { reference, attempt })
  const { items } = await world.control('GET', 'accounts')
  return (items as { iban: string | null }[]).flatMap(({ iban }) => iban ?? [])[0] ?? ''
}

const newAccount = { name: 'Old current', currency: 'GBP', institution: 'Northbank' }

describe('the account of a statement file', () => {
  it("is the bank's own, by its IBAN or by sort code and number, in whatever currency the file forgot to say", async () => {
    const iban = await linkBank()
    const byIban = await place({ identifiers: { iban } })
    expect(byIban).toMatchObject({ recognised: 'known', account_id: expect.any(String) })
    expect(await place({ identifiers: { sortCodeAccount: iban.slice(8), currency: 'GBP' } })).toEqual(byIban)
    expect(await place({ identifiers: { iban }, newAccount, dryRun: true })).toEqual(byIban)
    expect(await accounts()).toHaveLength(3)
  })

  it('is opened by a file first, and the bank that comes later shows the same one', async () => {
    const probe = await linkBank()
    principal = principalOf(++asked + 500)
    await world.platform.keys.createSpaceKey(principal.spaceId)
    const input = { identifiers: { iban: probe, currency: 'GBP' }, newAccount, commandId: `first-${asked}` }
    expect(await place({ ...input, dryRun: true })).toEqual({
      account_id: null,
      name: 'Old current',
      recognised: 'new',
    })
    expect(await accounts()).toEqual([])
    const opened = await place(input)
    expect(opened).toMatchObject({ name: 'Old current', recognised: 'new' })
    expect(await place(input)).toEqual(opened)
    expect(await accounts()).toMatchObject([
      { id: opened.account_id, connection_id: null, name: 'Old current', institution: { name: 'Northbank' } },
    ])
    await linkBank()
    const after = await accounts()
    expect(after).toHaveLength(3)
    expect(after.find(({ id }) => id === opened.account_id)).toMatchObject({
      connection_id: expect.any(String),
      name: 'Old current',
    })
  })

  it('has to be named where the file does not tell it, and has to be there', async () => {
    await expect(place()).rejects.toMatchObject({ code: 'account_needed' })
    await expect(place({ dryRun: true })).rejects.toMatchObject({ code: 'account_needed' })
    const accountId = '018f0000-0000-7000-8000-00000000dddd'
    await expect(place({ accountId })).rejects.toMatchObject({ code: 'account_not_found' })
  })

  it("is never another space's", async () => {
    const opened = await place({ identifiers: { iban: 'GB29NWBK60161331926819' }, newAccount })
    principal = principalOf(++asked + 500)
    await world.platform.keys.createSpaceKey(principal.spaceId)
    await expect(place({ accountId: opened.account_id ?? '' })).rejects.toMatchObject({ code: 'account_not_found' })
  })
})
