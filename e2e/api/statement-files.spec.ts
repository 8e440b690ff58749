import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'

type Booked = { date: string; amount: string; currency: string; description: string }

const csv = (rows: readonly Booked[]): string =>
  [
    'Transaction Date,Text,Paid Out,Paid In',
    ...rows.map(({ date, amount, description }) => {
      const [y, m, d] = date.split('-')
      const [out, paid] = amount.startsWith('-') ? [amount.slice(1), ''] : ['', amount]
      return `${d}/${m}/${y},"${description.replaceAll('"', '""')}",${out},${paid}`
    }),
  ].join('\n')
const mapping = {
  header: true,
  date_format: 'dd/MM/yyyy',
  columns: { date: 'Transaction Date', description: ['Text'], debit: 'Paid Out', credit: 'Paid In' },
}
const ofx = (rows: readonly Booked[], account: string) => `OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP<BANKACCTFROM><BANKID>${account.slice(0, 6)}<ACCTID>${account.slice(6)}<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>${rows.at(-1)?.date.replaceAll('-', '')}<DTEND>${rows[0]?.date.replaceAll('-', '')}
${rows
  .map(
    ({ date, amount }, i) =>
      `<STMTTRN><TRNTYPE>OTHER<DTPOSTED>${date.replaceAll('-', '')}<TRNAMT>${amount}<FITID>F${i}<NAME>Invented ${i}</STMTTRN>`,
  )
  .join('\n')}
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
`

/** A statement file beside a bank: the same account, told twice. */
describe('statement files', () => {
  let system: System
  let sam: Client
  let account: Rest.Account
  let truth: Booked[]
  beforeAll(async () => {
    system = await System.start()
    sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    const accounts = await sam.accounts()
    account = accounts.find(({ currency, kind }) => currency === 'GBP' && kind === 'current')!
    const told = await bank<{ booked: Booked[] }>(system, 'GET', `/__sandbox/truth/${account.provider_account_id}`)
    truth = told.booked.toSorted((a, b) => b.date.localeCompare(a.date))
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  const ofAccount = async (id = account.id) =>
    (await sam.transactions({ account_id: id })).filter((row) => row.status === 'booked').map((row) => row.id)
  const shows = (count: number, id = account.id) =>
    eventually(async () => {
      const ids = await ofAccount(id)
      if (ids.length === count) return true
      throw new Error(`${ids.length} rows are shown, ${count} were expected.`)
    })
  const earlier = (n: number): Booked => ({
    date: `2019-03-0${n}`,
    amount: `-${n}.11`,
    currency: 'GBP',
    description: `Before the bank's history ${n}`,
  })

  it('match what the bank told, row by row: N matched, 0 doubled, 3 only in the file', async () => {
    const before = await ofAccount()
    const text = csv([...truth, earlier(1), earlier(2), earlier(3)])
    const fields = { account_id: account.id, mapping: JSON.stringify(mapping) }
    const tried = await sam.importFile(text, { ...fields, dry_run: 'true' })
    const counts = { observed: truth.length + 3, matched: truth.length, added: 3, held: 0, doubled: 0 }
    expect(tried).toMatchObject({ status: 201, body: { status: 'dry_run', ...counts } })
    expect(await ofAccount()).toEqual(before)

    const { status, body: report } = await sam.importFile(text, fields)
    expect({ status, report }).toMatchObject({ status: 201, report: { status: 'imported', ...counts } })
    await shows(before.length + 3)
    expect((await sam.importFile(text, fields)).status).toBe(409)
    expect((await sam.get<{ items: Rest.Import[] }>('/imports')).items).toMatchObject([
      { id: report.id, account: { id: account.id }, matched: truth.length, added: 3 },
    ])

    await sam.expect(204, 'DELETE', `/imports/${report.id}`)
    await shows(before.length)
    expect((await ofAccount()).toSorted()).toEqual(before.toSorted())
  }, 60_000)

  it('remember how the columns of a bank are read', async () => {
    const { body } = await sam.importFile(csv([earlier(4)]), { account_id: account.id, dry_run: 'true' })
    expect(body).toMatchObject({ status: 'dry_run', added: 1, mapping: { columns: { debit: 'Paid Out' } } })
  })

  it('in OFX do the same', async () => {
    const { body: report } = await sam.importFile(
      ofx(truth, '60161331926819'),
      { account_id: account.id },
      'statement.ofx',
    )
    expect(report).toMatchObject({ format: 'ofx', matched: truth.length, added: 0, held: 0 })
    await sam.expect(204, 'DELETE', `/imports/${report.id}`)
  })

  it('open an account that no bank tells of', async () => {
    const rows = [earlier(5), earlier(6)]
    const new_account = JSON.stringify({ name: 'Old savings', currency: 'GBP', kind: 'savings' })
    const { status, body } = await sam.importFile(csv(rows), { new_account, mapping: JSON.stringify(mapping) })
    expect({ status, body }).toMatchObject({ status: 201, body: { added: 2, account: { recognised: 'new' } } })
    const id = body.account?.id ?? ''
    await shows(2, id)
    const opened = (await sam.accounts()).find((one) => one.id === id)
    expect(opened).toMatchObject({ name: 'Old savings', kind: 'savings', connection_id: null, demo: false })
    await sam.expect(204, 'DELETE', `/imports/${body.id}`)
    await shows(0, id)
  }, 60_000)

  it('that are none are refused in words', async () => {
    const refused = await sam.importFile('%PDF-1.7', { account_id: account.id }, 'statement.pdf')
    expect(refused).toMatchObject({ status: 422, body: { code: 'statement_unreadable' } })
    const nobodys = await sam.importFile(csv([earlier(7)]), { mapping: JSON.stringify(mapping) })
    expect(nobodys).toMatchObject({ status: 422, body: { code: 'account_needed' } })
  })
})
