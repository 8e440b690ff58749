/** Words of one vowel or more are written as names are; others stand for letters: BP, DVLA's B, H&M. */
const isInitials = (word: string): boolean => word.length <= 4 && !/[aeiouy]/.test(word)

/** `tesco stores` → `Tesco Stores`, `bp` → `BP`: marts know merchants in lower case, so that equal ones are equal. */
export function merchantName(merchant: string): string {
  return merchant
    .split(' ')
    .map((word) => (isInitials(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ')
}
