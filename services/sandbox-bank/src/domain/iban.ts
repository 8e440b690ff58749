/** A British IBAN with its check digits right (ISO 13616, mod 97 of ISO 7064). */
export function britishIban(bank: string, sortCode: string, accountNumber: string): string {
  const bban = `${bank}${sortCode}${accountNumber}`
  const check = 98 - mod97(`${bban}GB00`)
  return `GB${String(check).padStart(2, '0')}${bban}`
}

/** True where the check digits of an IBAN hold. */
export function ibanHolds(iban: string): boolean {
  return mod97(`${iban.slice(4)}${iban.slice(0, 4)}`) === 1
}

function mod97(text: string): number {
  let rest = 0
  for (const letter of text) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}
