/** One form of what is typed in many, so that "Sám" and "SÁM" composed otherwise are one word here. */
export const foldedPassword = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

/** Why nobody should have this password, in words; undefined where there is nothing against it. */
export function faultOfPassword(password: string, username: string, isCommon: boolean): string | undefined {
  if (foldedPassword(password) === foldedPassword(username)) {
    return 'This password is your user name: the first thing that anybody tries. Choose another one.'
  }
  if (isCommon) {
    return 'This password is one of those that leak most often, so it is tried first. Choose another one: a few words in a row are good.'
  }
  return undefined
}
