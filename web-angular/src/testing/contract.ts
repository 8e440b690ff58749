import { Rest } from '@pf/contracts'
import { Value } from 'typebox/value'
import type { Call } from './server.ts'

const routes: readonly Rest.Route[] = Object.values(Rest.routes)

/** What the gateway would refuse of a call, in one line: no such route, or a query or body that the contract does not know. */
export function refusalOf({ method, path, query, body }: Call): string | undefined {
  const route = routes.find((one) => one.method === method && isAt(one.path, path))
  if (route === undefined) return `${method} ${path} is no route of the contract`
  const asked = route.query && Value.Convert(route.query, Object.fromEntries(query))
  if (route.query && !Value.Check(route.query, asked)) return `${method} ${path}: query ${faults(route.query, asked)}`
  if (route.query === undefined && query.size > 0) return `${method} ${path}: takes no query, found ?${query}`
  // A form with a file is no JSON, and is not looked into.
  if (route.upload || route.body === undefined || Value.Check(route.body, body)) return undefined
  return `${method} ${path}: body ${faults(route.body, body)}`
}

function isAt(pattern: string, path: string): boolean {
  const [parts, given] = [pattern.split('/'), path.split('/')]
  return parts.length === given.length && parts.every((part, at) => /^[{:]/.test(part) || part === given[at])
}

const faults = (schema: NonNullable<Rest.Route['body']>, value: unknown): string =>
  Value.Errors(schema, value)
    .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`)
    .join('; ')
