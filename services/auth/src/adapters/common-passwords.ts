let known: Promise<ReadonlySet<string>> | undefined

/**
 * Those that were leaked most often, in lower case: 49,233 of @zxcvbn-ts/language-common (MIT), a kept list of what was found
 * in leaks. 5 MB, so it is read when somebody chooses a password for the first time.
 */
export async function isCommonPassword(folded: string): Promise<boolean> {
  known ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']))
  return (await known).has(folded)
}
