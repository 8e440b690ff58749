import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownExchangeRates } from './exchange-rates.ts'
import { loadModels } from './models.ts'

describe("an installation's own exchange rates", () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pf-rates-'))
    path = join(folder, 'exchange_rates.csv')
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const header = 'date,from_currency,to_currency,rate'

  it('are none where there is no file', () => {
    expect(ownExchangeRates(path)).toBeUndefined()
    expect(loadModels(path).version).toBe(loadModels().version)
  })
  it('make marts be built anew where they change', () => {
    const versions = ['0.8', '0.9'].map((rate) => {
      writeFileSync(path, `${header}\n2026-05-01,EUR,GBP,${rate}\n`)
      return loadModels(path).version
    })
    expect(new Set([...versions, loadModels().version]).size).toBe(3)
  })
  it.each([
    ['date;from;to;rate', 'line 1'],
    [`${header}\n2026-05-01,EUR,GBP,0.8\n01/05/2026,EUR,GBP,0.8\n`, 'line 3'],
    [`${header}\n2026-05-01,eur,GBP,0.8\n`, 'line 2'],
    [`${header}\n2026-05-01,EUR,GBP,-0.8\n`, 'line 2'],
    [`${header}\n2026-05-01,EUR,GBP,"0,8"\n`, 'line 2'],
  ])('are refused where a line is none of theirs: %j', (text, where) => {
    writeFileSync(path, text)
    expect(() => ownExchangeRates(path)).toThrow(`exchange_rates_unreadable: ${path}: found ${where}`)
  })
})
