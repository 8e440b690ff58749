import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { InvalidRequest, type PointedError } from './problem.ts'

const validators = new WeakMap<TSchema, Validator>()

function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema)
  if (known !== undefined) return known
  const made = Compile(schema)
  validators.set(schema, made)
  return made
}

/**
 * Checks one part of a request (`body`, `query`, `params`). Query strings are converted to the schema's types first and
 * given its defaults; bodies are taken as they are. Throws InvalidRequest with a pointer to each fault.
 */
export function validated(part: 'body' | 'query' | 'params', schema: TSchema, value: unknown): unknown {
  const validator = validatorOf(schema)
  const given = part === 'body' ? value : validator.Default(validator.Convert({ ...(value as object) }))
  if (validator.Check(given)) {
    const fault = pointerToNul(given)
    if (fault === undefined) return given
    throw new InvalidRequest(`The ${part} holds the character NUL, which no text here has. Leave it out.`, [
      { pointer: `/${part}${fault}`, detail: 'holds the character NUL' },
    ])
  }
  const errors: PointedError[] = validator
    .Errors(given)
    .slice(0, 20)
    .map((error) => ({ pointer: `/${part}${error.instancePath}`, detail: faultOf(error) }))
  throw new InvalidRequest(
    `The ${part} is not as expected: ${errors.map((e) => `${e.pointer} ${e.detail}`).join('; ')}.`,
    errors,
  )
}

/** PostgreSQL keeps no text with it. */
function pointerToNul(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? '' : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, part] of Object.entries(value)) {
    const below = pointerToNul(part)
    if (below !== undefined) return `/${key}${below}`
  }
  return undefined
}

function faultOf(error: { keyword: string; message: string; params: object }): string {
  if (error.keyword === 'additionalProperties' && 'additionalProperties' in error.params) {
    return `holds unknown fields (${String(error.params.additionalProperties).slice(0, 200)}): leave them out`
  }
  if (error.keyword === 'required' && 'requiredProperties' in error.params) {
    return `lacks ${String(error.params.requiredProperties)}`
  }
  // Of the field itself; the object that holds it names it, too.
  return error.keyword === 'boolean' ? 'is not known here: leave it out' : error.message
}
