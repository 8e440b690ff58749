import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Heard, json, startWireServer } from '@pf/providers/testing'

const dayMs = 86_400_000
const base = '/api/v2'

type Agreement = {
  id: string
  max_historical_days: number
  access_valid_for_days: number
  reconfirmation: boolean
  accepted: string | null
}
type Requisition = {
  id: string
  status: string
  agreement: string
  reference: string
  accounts: string[]
  link: string
}
type Page = { created: number; from: number; to: number; reconfirmed: string | null }

type Over = {
  id?: string
  bic?: string
  /** Of its one account. */
  account?: object
}

/**
 * A British bank behind GoCardless that asks for a confirmation every 90 days, by the bodies of gocardless.md §2.3 and §2.4,
 * with a clock that can be moved. For specs of what the sandbox bank does not do.
 */
export async function startBritishBank({
  id: institutionId = 'BARCLAYS_BUKBGB22',
  bic = '',
  account: described,
}: Over = {}) {
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const agreements = new Map<string, Agreement>()
  const requisitions = new Map<string, Requisition>()
  const pages = new Map<string, Page>()
  /** As the account's own record says. */
  let accountStatus = 'READY'
  const account = randomUUID()
  const details = described ?? {
    iban: 'GB33BUKB20201555555555',
    currency: 'GBP',
    name: 'Current',
    cashAccountType: 'CACC',
  }
  const institution = {
    ...{ id: institutionId, name: 'Documented Bank', bic, logo: '', countries: ['GB'] },
    ...{ transaction_total_days: '730', max_access_valid_for_days: '90' },
    max_access_valid_for_days_reconfirmation: '730',
    supported_features: ['reconfirmation_of_consent', 'separate_continuous_history_consent'],
  }

  function agree(asked: Omit<Agreement, 'id' | 'accepted'>) {
    const { max_historical_days, access_valid_for_days, reconfirmation = false } = asked
    const id = randomUUID()
    agreements.set(id, { id, max_historical_days, access_valid_for_days, reconfirmation, accepted: null })
    return agreements.get(id)
  }

  function request({ agreement, reference }: Pick<Requisition, 'agreement' | 'reference'>) {
    const id = randomUUID()
    const link = `https://consent.example/psd2/start/${id}/${institution.id}`
    requisitions.set(id, { id, status: 'CR', agreement, reference, accounts: [], link })
    return requisitions.get(id)
  }

  function page(agreementId: string, method: string) {
    const { accepted } = agreements.get(agreementId) ?? {}
    let open = pages.get(agreementId)
    const isOver = open === undefined || open.reconfirmed !== null
    if (method === 'POST' && isOver) {
      const dueMs = Date.parse(open?.reconfirmed ?? accepted ?? '') + 90 * dayMs
      open = { created: now(), from: dueMs - 14 * dayMs, to: dueMs + 14 * dayMs, reconfirmed: null }
      pages.set(agreementId, open)
    }
    if (open === undefined) return undefined
    return {
      ...{ reconfirmation_url: 'https://consent.example/confirm', created: new Date(open.created).toISOString() },
      ...{ url_valid_from: new Date(open.from).toISOString(), url_valid_to: new Date(open.to).toISOString() },
      accounts: { [account]: { reconfirmed: open.reconfirmed, rejected: '' } },
    }
  }

  const tokens = { access: 'a', access_expires: 86_400_000, refresh: 'r', refresh_expires: 86_400_000 }

  function answerTo({ method, path, body }: Heard): unknown {
    const [collection = '', id = '', part = ''] = path.slice(base.length + 1).split('/')
    switch (`${method} ${collection}`) {
      case 'POST token':
        return tokens
      case 'GET institutions':
        return id === '' || id.startsWith('?') ? [institution] : institution
      case 'POST agreements':
        return part === '' ? agree(body as Agreement) : page(part, 'POST')
      case 'GET agreements':
        return path.endsWith('/reconfirm/') ? page(part, 'GET') : agreements.get(part)
      case 'POST requisitions':
        return request(body as Requisition)
      case 'GET requisitions':
        return requisitions.get(id)
      case 'DELETE requisitions':
        return requisitions.delete(id) ? { summary: 'Requisition deleted' } : undefined
      case 'GET accounts':
        if (part === 'details') return { account: details }
        return { id: account, status: accountStatus, institution_id: institutionId }
      default:
        return undefined
    }
  }

  function answer(heard: Heard, response: ServerResponse): void {
    const body = answerTo(heard)
    const date = new Date(now()).toUTCString()
    if (body === undefined)
      json(response, 404, { summary: 'Not found.', detail: 'Not found.', status_code: 404 }, { date })
    else json(response, heard.method === 'POST' ? 201 : 200, body, { date })
  }

  const server = await startWireServer((heard, response) => answer(heard, response))
  return {
    ...server,
    institutionId,
    accountStatus: (status: string) => {
      accountStatus = status
    },
    passDays: (days: number) => {
      offsetMs += days * dayMs
    },
    /** The requisition as it is from now on. */
    become(id: string, status: string): void {
      const requisition = requisitions.get(id)
      if (requisition === undefined) throw new Error(`There is no requisition ${id}.`)
      Object.assign(requisition, { status, accounts: status === 'LN' || status === 'SU' ? [account] : [] })
      const agreement = agreements.get(requisition.agreement)
      if (status === 'LN') Object.assign(agreement ?? {}, { accepted: new Date(now()).toISOString() })
    },
    /** What the user says on the page of the confirmation. */
    confirm(): void {
      for (const open of pages.values()) open.reconfirmed ??= new Date(now()).toISOString()
    },
    knows: (id: string) => requisitions.has(id),
    historyDays: () => [...agreements.values()].map((agreement) => agreement.max_historical_days),
  }
}
