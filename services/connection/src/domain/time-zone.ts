/** The zone in which a country's banks mean their calendar days: the capital's. The countries are GoCardless' 31. */
const zones: Readonly<Record<string, string>> = {
  AT: 'Europe/Vienna',
  BE: 'Europe/Brussels',
  BG: 'Europe/Sofia',
  HR: 'Europe/Zagreb',
  CY: 'Asia/Nicosia',
  CZ: 'Europe/Prague',
  DK: 'Europe/Copenhagen',
  EE: 'Europe/Tallinn',
  FI: 'Europe/Helsinki',
  FR: 'Europe/Paris',
  DE: 'Europe/Berlin',
  GR: 'Europe/Athens',
  HU: 'Europe/Budapest',
  IS: 'Atlantic/Reykjavik',
  IE: 'Europe/Dublin',
  IT: 'Europe/Rome',
  LV: 'Europe/Riga',
  LI: 'Europe/Vaduz',
  LT: 'Europe/Vilnius',
  LU: 'Europe/Luxembourg',
  MT: 'Europe/Malta',
  NL: 'Europe/Amsterdam',
  NO: 'Europe/Oslo',
  PL: 'Europe/Warsaw',
  PT: 'Europe/Lisbon',
  RO: 'Europe/Bucharest',
  SK: 'Europe/Bratislava',
  SI: 'Europe/Ljubljana',
  ES: 'Europe/Madrid',
  SE: 'Europe/Stockholm',
  GB: 'Europe/London',
}

/**
 * By the IBAN's country where there is one, since a bank serves several countries under one id; else the bank's own country
 * where it has exactly one; else UTC.
 */
export function zoneOf(iban: string | undefined, countries: readonly string[]): string {
  const own = iban === undefined ? undefined : zones[iban.slice(0, 2).toUpperCase()]
  const [only, ...more] = countries
  return own ?? (only !== undefined && more.length === 0 ? (zones[only.toUpperCase()] ?? 'UTC') : 'UTC')
}
