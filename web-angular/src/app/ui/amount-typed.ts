/** What a person typed as an amount, as the API takes it: a decimal with a point, minus for money out. Undefined: none. */
export function amountTyped(text: string): string | undefined {
  const plain = text.trim().replace('\u2212', '-').replace(',', '.')
  return /^-?\d{1,15}(\.\d{1,4})?$/.test(plain) ? plain : undefined
}
