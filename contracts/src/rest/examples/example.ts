import type { Static, TObject, TSchema } from 'typebox'
import type { Route } from '../route.ts'

/** One call of a route and what each of its successes answers. */
export type RouteExample = {
  readonly params?: object
  readonly query?: object
  readonly body?: object
  readonly answers: Readonly<Record<number, unknown>>
}

type Part<R, K extends string> = R extends { readonly [P in K]: infer S extends TObject }
  ? { readonly [P in K]: Static<S> }
  : object

/** The example that a route has to have: all of its parts, in their shapes; text where the answer is none in JSON. */
export type ExampleOf<R extends Route> = Part<R, 'params'> &
  Part<R, 'query'> &
  Part<R, 'body'> & {
    readonly answers: {
      readonly [S in keyof R['answers']]: R['answers'][S] extends TSchema ? Static<R['answers'][S]> : string | null
    }
  }

/** Of the routes of one file: a route without an example does not compile. */
export type ExamplesOf<Routes extends Readonly<Record<string, Route>>> = {
  readonly [N in keyof Routes]: ExampleOf<Routes[N]>
}
