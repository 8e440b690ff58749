/** Fewest and most characters of a user name; the public surface says the same. */
const minLength = 3
const maxLength = 50

/**
 * A name as it is kept: one Unicode form (NFC), so that keyboards that compose letters differently mean the same person,
 * without blanks around it. Undefined where it is too short or long, or holds what nobody sees or can type (control and
 * format characters, half surrogates).
 */
export function usernameOf(said: string): string | undefined {
  const name = said.normalize('NFC').trim()
  const length = [...name].length
  return length < minLength || length > maxLength || /\p{C}/u.test(name) ? undefined : name
}
