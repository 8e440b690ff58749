import type { BankInProcess } from '@pf/sandbox-bank/in-process'
import type { Line } from './line.ts'
import type { Owner } from './virtual-time.ts'

const slowMs = 130_000

/** The bank as one process reaches it: the same wire as over HTTP, with ways that are long, cut off before it or after it. */
export function fetchOf(owner: Owner, bank: BankInProcess, line: Line): typeof fetch {
  return async (input, init = {}) => {
    const { method = 'GET', signal } = init
    const fault = line.strikes.at('call', owner.name)
    await line.turn(owner)
    if (fault?.kind === 'lost') throw cutOff()
    const url = new URL(String(input))
    const authorization = new Headers(init.headers).get('authorization') ?? undefined
    const body = typeof init.body === 'string' ? init.body : undefined
    const answer = bank.answer({ method, url, authorization, body })
    if (fault?.kind === 'slow') await line.time.wait(slowMs, owner)
    else await line.turn(owner)
    signal?.throwIfAborted()
    if (fault?.kind === 'unheard' || answer === undefined) throw cutOff()
    const { status, headers } = answer
    // Statuses that may carry no body are none of this wire's.
    return new Response(new Uint8Array(answer.body), { status, headers })
  }
}

/** As undici throws it for a connection that was reset. */
const cutOff = () =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) })
