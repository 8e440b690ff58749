import { Rest } from '@pf/contracts'

type Schema = {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  examples?: unknown[]
  default?: unknown
  pattern?: string
  format?: string
  minLength?: number
  minimum?: number
  items?: Schema
  minItems?: number
  properties?: Record<string, Schema>
  required?: string[]
}

export const routes = Object.entries(Rest.routes as Record<string, Rest.Route>)

/** Some value that the contract takes: so that a request gets as far as its one bad parameter. */
export function sample(schema: Schema): unknown {
  const known = [schema.const, schema.enum?.[0], schema.examples?.[0], schema.default].find((one) => one !== undefined)
  if (known !== undefined) return known
  if (schema.anyOf !== undefined) return sample(schema.anyOf[0] ?? {})
  if (schema.type === 'object') {
    return Object.fromEntries((schema.required ?? []).map((name) => [name, sample(schema.properties?.[name] ?? {})]))
  }
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}))
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return false
  return text(schema)
}

function text({ pattern = '', minLength = 1 }: Schema): string {
  const fitting = ['2026-01-01', '2026-01-01T00:00:00Z', 'GBP', '1.00', 'month'].find((one) =>
    new RegExp(pattern).test(one),
  )
  return pattern !== '' && fitting !== undefined ? fitting : 'x'.repeat(Math.max(1, minLength))
}

type Place = 'params' | 'query' | 'body'
export type Attempt = { route: string; method: string; path: string; body: unknown }

/** The request of a route with everything needed in it, and `bent` put into one of its parameters. */
function request(name: string, route: Rest.Route, bent?: { place: Place; parameter: string; value: string }): Attempt {
  const part = (place: Place): Record<string, unknown> => {
    const made = route[place] === undefined ? {} : (sample(route[place] as Schema) as Record<string, unknown>)
    return bent?.place === place ? { ...made, [bent.parameter]: bent.value } : made
  }
  const params = part('params')
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, parameter) => encodeURIComponent(String(params[parameter])))
  const query = new URLSearchParams(Object.entries(part('query')).map(([key, value]) => [key, String(value)]))
  const body = route.body === undefined || route.upload ? undefined : part('body')
  return { route: name, method: route.method, path: query.size === 0 ? path : `${path}?${query}`, body }
}

export const plainRequest = (name: string, route: Rest.Route): Attempt => request(name, route)

/** Every value in every parameter that holds text, of every route given, from the contract. */
export function injections(given: typeof routes, values: readonly string[]): Attempt[] {
  return given.flatMap(([name, route]) =>
    (['params', 'query', 'body'] as const).flatMap((place) => {
      const properties = (route[place] as Schema | undefined)?.properties ?? {}
      const texts = Object.keys(properties).filter((parameter) => holdsText(properties[parameter] ?? {}))
      return texts.flatMap((parameter) => values.map((value) => request(name, route, { place, parameter, value })))
    }),
  )
}

const holdsText = (schema: Schema): boolean => schema.type === 'string' || (schema.anyOf ?? []).some(holdsText)
