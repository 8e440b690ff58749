/** One bank as the wire's detail route shows it; numbers are strings there (gocardless.md §2.1). */
export type Institution = {
  id: string
  name: string
  bic: string
  transaction_total_days: string
  countries: string[]
  logo: string
  max_access_valid_for_days: string
  /** Only where a consent may be confirmed again every 90 days. */
  max_access_valid_for_days_reconfirmation?: string
  supported_features: string[]
  identification_codes: string[]
}

export type InstitutionOf = (id: string) => Institution | undefined

/** The list route gives neither features nor codes. */
export type ListedInstitution = Omit<Institution, 'supported_features' | 'identification_codes'>

export const SANDBOX_INSTITUTION = 'SANDBOXFINANCE_SFIN0000'

/** Days of history that a world holds up to its `asOf`, that day included: what one consent may ask for. */
export const HISTORY_DAYS = 730

export const COUNTRIES: readonly string[] =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE GB'.split(' ')

/** The query's string booleans and the feature each of them asks for. */
export const FEATURE_FILTERS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'access_scopes',
    'account_selection',
    'business_accounts',
    'card_accounts',
    'corporate_accounts',
    'pending_transactions',
    'private_accounts',
    'read_debtor_account',
    'read_refund_account',
    'separate_continuous_history_consent',
    'ssn_verification',
  ].map((feature) => [`${feature}_supported`, feature]),
)

export const SEPARATE_HISTORY = 'separate_continuous_history_consent'
export const RECONFIRMATION = 'reconfirmation_of_consent'

/** All that `supported_features` may say (gocardless.md §2.1). */
export const FEATURES: readonly string[] = [...Object.values(FEATURE_FILTERS), RECONFIRMATION]

const RETAIL = ['access_scopes', 'card_accounts', 'pending_transactions', 'private_accounts']
const BUSINESS = ['access_scopes', 'business_accounts', 'pending_transactions']

export const INSTITUTIONS: readonly Institution[] = [
  bank(SANDBOX_INSTITUTION, 'Sandbox Finance', 'SFIN0000', 730, 180, ['GB']),
  bank(
    'AMERICAN_EXPRESS_AESUGB21',
    'American Express',
    'AESUGB21',
    90,
    90,
    ['GB'],
    ['card_accounts', 'private_accounts'],
  ),
  bank('BARCLAYS_BUKBGB22', 'Barclays Personal', 'BUKBGB22', 365, 90, ['GB']),
  bank('BARCLAYS_BUSINESS_BUKBGB22', 'Barclays Business', 'BUKBGB22', 365, 90, ['GB'], BUSINESS),
  bank('CHASE_CHASGB2L', 'Chase UK', 'CHASGB2L', 365, 90, ['GB']),
  bank('COOPERATIVE_RETAIL_CPBKGB22', 'The Co-operative Bank', 'CPBKGB22', 365, 90, ['GB']),
  bank('HSBC_HBUKGB4B', 'HSBC Personal', 'HBUKGB4B', 365, 90, ['GB']),
  bank('LLOYDS_LOYDGB2L', 'Lloyds Bank Personal', 'LOYDGB2L', 365, 90, ['GB']),
  {
    ...bank(
      'MONZO_MONZGB2L',
      'Monzo Bank Limited',
      'MONZGB2L',
      730,
      90,
      ['GB'],
      ['account_selection', 'pending_transactions', 'private_accounts', RECONFIRMATION],
    ),
    max_access_valid_for_days_reconfirmation: '730',
  },
  bank('NATIONWIDE_NAIAGB21', 'Nationwide Building Society', 'NAIAGB21', 365, 90, ['GB']),
  bank('NATWEST_NWBKGB2L', 'NatWest Personal', 'NWBKGB2L', 365, 90, ['GB']),
  bank('REVOLUT_REVOGB21', 'Revolut', 'REVOGB21', 730, 90, ['GB']),
  bank('SANTANDER_ABBYGB2L', 'Santander UK', 'ABBYGB2L', 365, 90, ['GB']),
  bank('STARLING_SRLGGB3L', 'Starling', 'SRLGGB3L', 730, 90, ['GB']),
  bank('VIRGIN_NRNBGB22', 'Virgin Money', 'NRNBGB22', 365, 90, ['GB']),
  bank('LHV_LHVBEE22', 'LHV Pank', 'LHVBEE22', 730, 180, ['EE'], [...RETAIL, SEPARATE_HISTORY]),
  bank('ING_INGDDEFF', 'ING', 'INGDDEFF', 365, 180, ['DE']),
  bank('N26_NTSBDEB1', 'N26 Bank', 'NTSBDEB1', 90, 180, ['AT', 'BE', 'DE', 'ES', 'FR', 'IE', 'IT', 'NL']),
  bank('REVOLUT_REVOLT21', 'Revolut', 'REVOLT21', 730, 180, [
    'AT',
    'BE',
    'DE',
    'ES',
    'FR',
    'IE',
    'IT',
    'LT',
    'NL',
    'PL',
  ]),
]

export function institutionOf(id: string): Institution | undefined {
  return INSTITUTIONS.find((institution) => institution.id === id)
}

export function listed(institution: Institution): ListedInstitution {
  const { supported_features: _features, identification_codes: _codes, ...rest } = institution
  return rest
}

function bank(
  id: string,
  name: string,
  bic: string,
  historyDays: number,
  accessDays: number,
  countries: string[],
  features: string[] = RETAIL,
): Institution {
  return {
    id,
    name,
    bic,
    transaction_total_days: String(historyDays),
    countries,
    logo: `https://cdn-logos.gocardless.com/ais/${id}.png`,
    max_access_valid_for_days: String(accessDays),
    supported_features: features,
    identification_codes: [],
  }
}
