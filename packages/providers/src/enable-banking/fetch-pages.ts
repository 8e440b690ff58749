import { ProviderError } from '../provider-error.ts'
import { type Call, joined, type Reply } from '../transport.ts'
import { pagingAfter } from './pages.ts'

export interface PagedAnswer {
  /** `{"pages":[…]}`, each page byte for byte, and `"stopped"` where paging ended early. */
  body: Uint8Array<ArrayBuffer>
  contentType: string
  stopped?: string
}

/**
 * All pages of one call, with the same parameters each time; an empty page with a key goes on (gocardless.md §11). A key that
 * is refused on a later page ends it, as asking again would: what came is kept. Any other failure fails the whole, since the
 * rows that are missing could come with the next try.
 */
export async function fetchPages(
  send: (call: Call) => Promise<Reply>,
  call: Call,
  maxBytes: number,
): Promise<PagedAnswer> {
  const pages: Uint8Array[] = []
  const seen = new Set<string>()
  let size = 0
  let key: string | undefined
  for (;;) {
    const reply = await nextPage(send, call, key)
    if (reply === undefined) return documentOf(pages, 'WRONG_CONTINUATION_KEY')
    size += reply.bytes.byteLength
    if (size > maxBytes) throw tooLarge()
    pages.push(reply.bytes)
    const next = pagingAfter(reply.json(), seen)
    if (!next.more) return documentOf(pages, next.stopped)
    seen.add(next.key)
    key = next.key
  }
}

/** Undefined where the bank does not take the key that it gave. */
async function nextPage(
  send: (call: Call) => Promise<Reply>,
  call: Call,
  key: string | undefined,
): Promise<Reply | undefined> {
  if (key === undefined) return send(call)
  try {
    return await send({ ...call, query: { ...call.query, continuation_key: key } })
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'paging_refused') return undefined
    // The pages before it were answered, so the call may well count.
    throw error instanceof ProviderError ? new ProviderError({ ...error, spent: 'unknown' }, { cause: error }) : error
  }
}

function documentOf(pages: readonly Uint8Array[], stopped: string | undefined): PagedAnswer {
  const text = (said: string) => new TextEncoder().encode(said)
  const end = stopped === undefined ? ']}' : `],"stopped":${JSON.stringify(stopped)}}`
  const parts = [
    text('{"pages":['),
    ...pages.flatMap((page, index) => (index === 0 ? [page] : [text(','), page])),
    text(end),
  ]
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return { body: joined(parts, size), contentType: 'application/json', ...(stopped === undefined ? {} : { stopped }) }
}

function tooLarge(): ProviderError {
  const failure = { code: 'answer_too_large', action: 'stop_and_tell_operator', counted: false } as const
  return new ProviderError({ ...failure, spent: true, status: 200 })
}
