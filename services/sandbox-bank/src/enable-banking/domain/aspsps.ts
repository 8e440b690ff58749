/** One bank as the wire lists it; it goes by name and country (gocardless.md §11). */
export type Aspsp = {
  name: string
  country: string
  logo: string
  bic: string | null
  psu_types: ('personal' | 'business')[]
  auth_methods: {
    name: string
    title: string
    psu_type: string
    approach: 'REDIRECT'
    hidden_method: boolean
    credentials: never[]
  }[]
  /** Seconds. */
  maximum_consent_validity: number
  beta: boolean
  required_psu_headers: string[]
  sandbox: { users: never[] }
}

export type AspspName = Pick<Aspsp, 'name' | 'country'>

/** The same bank that the GoCardless face has under its own id: it holds the accounts of the world. */
export const WORLD_ASPSP: AspspName = { name: 'Sandbox Finance (Enable Banking)', country: 'GB' }

const DAY_SECONDS = 86_400

export const ASPSPS: readonly Aspsp[] = [
  aspsp(WORLD_ASPSP, {
    bic: 'SFIN0000',
    psuTypes: ['personal'],
    consentDays: 180,
    psuHeaders: ['Psu-Ip-Address', 'Psu-User-Agent'],
  }),
  // As the real sandbox has one: a bank where the user holds no account.
  aspsp(
    { name: 'Mock ASPSP', country: 'FI' },
    { bic: null, psuTypes: ['personal', 'business'], consentDays: 90, psuHeaders: [] },
  ),
]

export function aspspOf({ name, country }: AspspName): Aspsp | undefined {
  return ASPSPS.find((aspsp) => aspsp.name === name && aspsp.country === country)
}

export const isWorldAspsp = ({ name, country }: AspspName): boolean =>
  name === WORLD_ASPSP.name && country === WORLD_ASPSP.country

function aspsp(
  { name, country }: AspspName,
  has: { bic: string | null; psuTypes: Aspsp['psu_types']; consentDays: number; psuHeaders: string[] },
): Aspsp {
  const method = (psu_type: string) => ({
    ...{ name: `redirect_${psu_type}`, title: "The demo bank's page", psu_type },
    ...{ approach: 'REDIRECT' as const, hidden_method: false, credentials: [] },
  })
  return {
    name,
    country,
    logo: `https://enablebanking.com/brands/${country}/${encodeURIComponent(name)}/`,
    bic: has.bic,
    psu_types: has.psuTypes,
    auth_methods: has.psuTypes.map(method),
    maximum_consent_validity: has.consentDays * DAY_SECONDS,
    beta: false,
    required_psu_headers: has.psuHeaders,
    sandbox: { users: [] },
  }
}
