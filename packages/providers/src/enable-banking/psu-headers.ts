import type { PsuHeaders } from '../bank-feed.ts'

/** All that the API knows (gocardless.md §11); no other header of a browser goes to a bank. */
const KNOWN = [
  'Psu-Ip-Address',
  'Psu-User-Agent',
  'Psu-Referer',
  'Psu-Accept',
  'Psu-Accept-Charset',
  'Psu-Accept-Encoding',
  'Psu-Accept-language',
  'Psu-Geo-Location',
]

/** All that the bank requires, with what else there is; none at all where one of those is missing. */
export function psuHeadersFor(required: readonly string[], psu: PsuHeaders | undefined): Record<string, string> {
  const given = new Map(
    Object.entries(psu ?? {}).flatMap(([name, value]) => (fits(value) ? [[name.toLowerCase(), value]] : [])),
  )
  if (required.some((name) => !given.has(name.toLowerCase()))) return {}
  const sent: Record<string, string> = {}
  for (const name of KNOWN) {
    const value = given.get(name.toLowerCase())
    if (value !== undefined) sent[name] = value
  }
  return sent
}

/** What may stand in a header: no line's end, nothing beyond Latin-1. */
const fits = (value: string) => value.trim() !== '' && /^[\t\x20-\x7e\xa0-\xff]{1,1024}$/.test(value)
