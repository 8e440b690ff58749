/** One form of what is typed in many, so that "Sám" and "SÁM" composed otherwise are one word here. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

/** Why nobody should have this password, in words; undefined where there is nothing against it. */
export function faultOfPassword(password: string, username: string): string | undefined {
  if (folded(password) !== folded(username)) return undefined
  return 'This password is your user name: the first thing that anybody tries. Choose another one.'
}
