import { normalise } from '../payload.ts'

const read = (institutionId: string, row: object, section: 'booked' | 'pending' = 'booked', currency = 'EUR') => {
  const transactions = { booked: [], pending: [], [section]: [{ bookingDate: '2025-03-12', ...row }] }
  const context = { institutionId, today: '2025-03-14', timeZone: 'Europe/Berlin', currency }
  return normalise({ transactions }, context)
}
const euros = (amount: string) => ({ transactionAmount: { amount, currency: 'EUR' } })
const text = (remittanceInformationUnstructured: string) => ({ remittanceInformationUnstructured })

describe('a bank’s own ways', () => {
  it.each([
    ['VIRGIN_NRNBGB22', text('FPS, J MILLER, RENT'), 'J MILLER'],
    ['VIRGIN_NRNBGB22', text('Card 11, CORNER CAFE'), 'CORNER CAFE'],
    ['ALIOR_ALBPPLPW', text('Transakcja kartą debetową, SKLEP NOWY'), 'SKLEP NOWY'],
    ['KBC_KREDBEBB', text('Bakker Jan Betaling met Bancontact 12-03'), 'Bakker Jan'],
    ['BOURSORAMA_BOUSFRPP', { remittanceInformationUnstructuredArray: ['Réf : X', 'VIR INST M DURAND'] }, 'M DURAND'],
    ['SEB_ESSESESS_PRIVATE', { ...text('KORTKÖP'), additionalInformation: 'ICA NÄRA' }, 'ICA NÄRA'],
    ['HYPE_HYEEIT22', text('PAGAMENTO PRESSO BAR CENTRALE'), 'BAR CENTRALE'],
    ['EASYBANK_BAWAATWW', { remittanceInformationStructured: '11.07. 11:36BILLA 1020\\\\WIEN' }, 'BILLA 1020'],
  ])('%s: who was paid stands in a text', (bank, row, name) => {
    expect(read(bank, { ...euros('-5.00'), ...row }).rows[0]?.counterparty).toBe(name)
  })

  it('a name that the bank gives is not looked for in texts', () => {
    const row = { ...euros('-5.00'), ...text('FPS, J MILLER, RENT'), creditorName: 'Jo Miller' }
    expect(read('VIRGIN_NRNBGB22', row).rows[0]?.counterparty).toBe('Jo Miller')
  })

  it('a pending purchase without its minus is money out, and reads as it will when it is booked', () => {
    const [row] = read('NBG_ETHNGRAAXXX', { ...euros('100.00'), ...text('ΑΓΟΡΑ KAFENEIO') }, 'pending').rows
    expect(row).toMatchObject({ amountMinor: -10000n, description: 'KAFENEIO' })
  })

  it('pending rows that hold only a filler are left', () => {
    expect(read('SSK_DUSSELDORF_DUSSDEDDXXX', euros('-1.00'), 'pending').rows).toEqual([])
  })

  it('what was bought by a card of SEB Kort is money out', () => {
    expect(read('EUROCARD_SE_SKHSFI21', euros('12.00')).rows[0]?.amountMinor).toBe(-1200n)
  })

  it('the billed amount counts, and the foreign one is kept beside it', () => {
    const row = { transactionAmount: { amount: '-20.00', currency: 'USD' }, ...text('billingAmount: -214.37') }
    expect(read('ENTERCARD_SWEDNOKK', row, 'booked', 'SEK').rows[0]).toMatchObject({
      amountMinor: -21437n,
      currency: 'SEK',
      original: { amountMinor: -2000n, currency: 'USD' },
    })
  })

  it('characters that were written as numbers are read', () => {
    expect(read('HYPE_HYEEIT22', { ...euros('-1.00'), ...text('caff\\U00e8') }).rows[0]?.description).toBe('caffè')
  })

  it('a text made to be slow is read at once', () => {
    const hostile = `${'End-to-End-Ref.: '.repeat(4000)}${'(..1234) '.repeat(2000)}${'CARTE 01/01/25 '.repeat(2000)}`
    const started = performance.now()
    for (const bank of [
      'COMMERZBANK_COBADEFF',
      'LHV_LHVBEE22',
      'BOURSORAMA_BOUSFRPP',
      'KBC_KREDBEBB',
      'BNP_BE_GEBABEBB',
    ]) {
      read(bank, { ...euros('-1.00'), ...text(hostile), additionalInformation: hostile })
    }
    // Catastrophic backtracking over 100 kB would take minutes; the bound is far from any machine's speed.
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
