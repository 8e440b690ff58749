import type { IncomingMessage } from 'node:http'
import { hostCheck } from './hosts.ts'

describe('the names that the installation answers for', () => {
  const check = hostCheck('https://money.example.org', '10.0.0.7', ['gateway'])
  const refused = (headers: Record<string, string>) => check({ headers } as unknown as IncomingMessage)?.code

  it('are this machine, PUBLIC_URL, where it listens, and what its own parts call it; ports do not matter', () => {
    for (const host of ['localhost:8000', '127.0.0.1', '[::1]:8000', 'Money.example.org', '10.0.0.7', 'gateway:8000'])
      expect(refused({ host })).toBeUndefined()
  })

  it('are none that a page might point here, and a proxy tells the one that was asked for', () => {
    for (const host of ['evil.example', 'gateway.evil.example', '']) expect(refused({ host })).toBe('wrong_host')
    expect(refused({ host: 'gateway', 'x-forwarded-host': 'evil.example' })).toBe('wrong_host')
  })
})
