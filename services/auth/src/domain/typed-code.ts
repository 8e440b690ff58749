/** Crockford's base32 in lower case: no letter is taken for another. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const letters = 16

/** 80 random bits as four groups of four, such as `7k2m-9xqt-…`. `random`: 16 bytes, of which five bits each are taken. */
export function typedCodeOf(random: Uint8Array): string {
  const text = Array.from(random.subarray(0, letters), (byte) => alphabet[byte % alphabet.length]).join('')
  return text.replace(/(.{4})(?=.)/g, '$1-')
}
export const typedCodeBytes = letters

/** As people type one: in any case, with or without what stands between the groups, O for 0, I and L for 1. */
export const typedCodeAsKept = (said: string): string =>
  said.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
