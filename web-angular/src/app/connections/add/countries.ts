/** Where GoCardless reaches banks (its list of European countries), by ISO 3166 code. */
const codes = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE GB'.split(' ')

export type Country = { code: string; name: string }

/** By name, in the words of the browser's language. */
export function countries(locale?: string): Country[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' })
  return codes
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, locale))
}

/** The browser's own region where banks can be reached there, else the United Kingdom. */
export function likelyCountry(languages: readonly string[]): string {
  const regions = languages.map((language) => new Intl.Locale(language).region)
  return regions.find((region) => region !== undefined && codes.includes(region)) ?? 'GB'
}
