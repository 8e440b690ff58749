export interface SwiftField {
  tag: string
  /** Its lines joined with a line feed. */
  text: string
  line: number
}

/** The fields that a customer statement has; text of :86: may begin a line with a colon too. */
const FIELD = /^:(13D?|20|21|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[CD]|NS):(.*)$/

/** The messages of a file, without their envelopes: each begins with its reference (:20:). */
export function swiftMessages(text: string): SwiftField[][] {
  const messages: SwiftField[][] = []
  for (const [i, stated] of text.split(/\r\n|\r|\n/).entries()) {
    const line = withoutEnvelope(stated)
    if (line === undefined) continue
    const found = FIELD.exec(line)
    if (found === null) {
      const last = messages.at(-1)?.at(-1)
      if (last !== undefined) last.text += `\n${line}`
      continue
    }
    const field = { tag: found[1] ?? '', text: found[2] ?? '', line: i + 1 }
    if (field.tag === '20' || messages.length === 0) messages.push([])
    messages.at(-1)?.push(field)
  }
  return messages
}

/** SWIFT's blocks {1:…}{2:…}{4: around a message, and the dash that ends it; undefined for a line that is nothing else. */
function withoutEnvelope(line: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: some banks send SOH and ETX around a message
  const plain = line.replace(/[\u0001\u0003\u001a]/g, '').trimEnd()
  if (/^-\}?(?:\{5:.*)?$/.test(plain)) return undefined
  const inside = /^\{1:.*\{4:(.*)$/.exec(plain)
  const rest = inside === null ? plain : (inside[1] ?? '')
  return rest === '' || /^\{[1235]:[^:]*\}$/.test(rest) || rest === '{4:' ? undefined : rest
}
