/** What field :86: tells, in whichever of the three ways it is written. */
export interface Information {
  text: string[]
  name: string
  iban: string
  /** The bank's word for the kind of booking. */
  kind: string
  /** Business transaction code (GVC) of German banks. */
  code: string
  endToEndId: string
  mandateId: string
}

/** Free text; `166?00…?20…` of German banks; `/REMI/…/` of Dutch ones. */
export function informationOf(text: string): Information {
  const german = /^(\d{3})([^\w\s])(?=\d{2})/.exec(text)
  if (german !== null) return germanInformation(text.slice(3), german[2] ?? '?', german[1] ?? '')
  if (/^\/(?:TRTP|BENM|ORDP|REMI|EREF|IBAN|CNTP|RTRN|MARF|PREF|TRCD)\//.test(text)) return dutchInformation(text)
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  return { ...nothing, text: lines }
}

const nothing: Information = { text: [], name: '', iban: '', kind: '', code: '', endToEndId: '', mandateId: '' }

/** Longest text of a subfield: one that is full goes on in the next without a blank. */
const SUBFIELD = 27

function germanInformation(stated: string, mark: string, code: string): Information {
  const subfields = new Map<string, string>()
  for (const part of stated.replaceAll('\n', '').split(mark).slice(1)) {
    if (/^\d{2}/.test(part)) subfields.set(part.slice(0, 2), part.slice(2))
  }
  const field = (number: number) => subfields.get(String(number).padStart(2, '0')) ?? ''
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => field(from + i))
  const purpose = sepaTags(glued([...range(20, 29), ...range(60, 63)]))
  const account = field(31).replaceAll(' ', '')
  return {
    text: purpose.text === '' ? [] : [purpose.text],
    name: glued(range(32, 33)),
    iban: purpose.iban || account,
    kind: field(0),
    code,
    endToEndId: purpose.endToEndId,
    mandateId: purpose.mandateId,
  }
}

function glued(parts: readonly string[]): string {
  let text = ''
  let full = true
  for (const part of parts) {
    if (part === '') continue
    text += full ? part : ` ${part}`
    full = part.length >= SUBFIELD
  }
  return text.trim()
}

const TAG = /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+/g

/** `EREF+…MREF+…SVWZ+…`: the text is what stands behind SVWZ, else what no mark stands before. */
function sepaTags(text: string): { text: string; iban: string; endToEndId: string; mandateId: string } {
  const found = [...text.matchAll(TAG)]
  const values = new Map<string, string>()
  for (const [i, match] of found.entries()) {
    const from = match.index + match[0].length
    const value = text.slice(from, found[i + 1]?.index).trim()
    if (!values.has(match[1] ?? '')) values.set(match[1] ?? '', value)
  }
  const before = text.slice(0, found[0]?.index).trim()
  return {
    text: [before, values.get('SVWZ') ?? ''].filter((part) => part !== '').join(' '),
    iban: values.get('IBAN') ?? '',
    endToEndId: values.get('EREF') ?? '',
    mandateId: values.get('MREF') ?? '',
  }
}

const CODE =
  /\/(TRTP|BENM|ORDP|REMI|EREF|IBAN|BIC|NAME|MARF|CSID|CNTP|RTRN|PREF|TRCD|ISDT|ADDR|ID|PURP|SVCL|ULTD|ULTC|OCMT|CHGS|EXCH)\//g

function dutchInformation(stated: string): Information {
  const text = stated.replaceAll('\n', '')
  const found = [...text.matchAll(CODE)]
  const values = new Map<string, string>()
  for (const [i, match] of found.entries()) {
    const value = text
      .slice(match.index + match[0].length, found[i + 1]?.index)
      .replace(/\/+$/, '')
      .trim()
    if (!values.has(match[1] ?? '')) values.set(match[1] ?? '', value)
  }
  const of = (code: string) => values.get(code) ?? ''
  // ING: account, BIC, name and town of the other side in one.
  const [account = '', , name = ''] = of('CNTP').split('/')
  const remittance = of('REMI')
    .replace(/^(?:USTD|STRD)\/\/?/, '')
    .trim()
  return {
    text: remittance === '' ? [] : [remittance],
    name: of('NAME') || name,
    iban: of('IBAN') || account,
    kind: of('TRTP'),
    code: of('TRCD'),
    endToEndId: of('EREF'),
    mandateId: of('MARF'),
  }
}
