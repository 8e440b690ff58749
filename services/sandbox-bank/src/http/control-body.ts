import { Problem } from './problem.ts'

/** The body as an object of known fields. @throws Problem 422 */
export function fieldsOf(body: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(422, 'invalid_input', JSON.stringify(body ?? null), `an object with ${known.join(', ')}`)
  }
  const stranger = Object.keys(body).find((name) => !known.includes(name))
  if (stranger !== undefined) throw new Problem(422, 'unknown_field', `field ${stranger}`, `only ${known.join(', ')}`)
  return body as Record<string, unknown>
}

export function readText(fields: Record<string, unknown>, name: string): string {
  const value = fields[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Problem(
    422,
    'invalid_input',
    `${name} ${JSON.stringify(value ?? null)}`,
    `${name} as a text that is not empty`,
  )
}

export function readOneOf<const T extends string>(
  fields: Record<string, unknown>,
  name: string,
  choices: readonly T[],
): T {
  const choice = choices.find((candidate) => candidate === fields[name])
  if (choice !== undefined) return choice
  throw new Problem(
    422,
    'invalid_input',
    `${name} ${JSON.stringify(fields[name] ?? null)}`,
    `one of ${choices.join(', ')}`,
  )
}

export function readInteger(
  fields: Record<string, unknown>,
  name: string,
  least: number,
  most: number,
  otherwise: number,
): number {
  const value = fields[name]
  if (value === undefined) return otherwise
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Problem(422, 'invalid_input', `${name} ${JSON.stringify(value)}`, `a whole number from ${least} to ${most}`)
}

export function readFlag(fields: Record<string, unknown>, name: string): boolean {
  const value = fields[name]
  if (typeof value === 'boolean') return value
  throw new Problem(422, 'invalid_input', `${name} ${JSON.stringify(value ?? null)}`, 'true or false')
}

/** A list of texts; of `choices` only, where they are given. */
export function readTexts<const T extends string = string>(
  fields: Record<string, unknown>,
  name: string,
  choices?: readonly T[],
): T[] {
  const value = fields[name]
  const isText = (one: unknown): one is T =>
    typeof one === 'string' && (choices === undefined || choices.some((choice) => choice === one))
  if (Array.isArray(value) && value.every(isText)) return value
  const expected = choices === undefined ? 'a list of texts' : `a list out of ${choices.join(', ')}`
  throw new Problem(422, 'invalid_input', `${name} ${JSON.stringify(value ?? null)}`, expected)
}
