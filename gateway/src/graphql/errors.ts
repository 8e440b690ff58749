import type { Rest } from '@pf/contracts'
import { DomainError } from '@pf/contracts'
import { GraphQLError } from 'graphql'
import { problemOf } from '../http/problem.ts'
import { TooCostly } from './limits.ts'

/** What a document, or a variable, is refused for in GraphQL's own words: they are about what the client sent. */
export const ownWords = (error: GraphQLError): Rest.GraphqlError => ({
  message: error.message,
  ...(error.locations === undefined ? {} : { locations: [...error.locations] }),
  extensions: { code: 'invalid_input', status: 422 },
})

/** An error as clients see it: what REST's problem document would say, and where. Nothing of its insides. */
export function told(error: unknown): Rest.GraphqlError {
  const cause = error instanceof GraphQLError ? error.originalError : error
  if (error instanceof GraphQLError && (cause === undefined || cause instanceof GraphQLError)) {
    return { ...ownWords(error), ...place(error) }
  }
  const { detail, code, status, errors, retryAfterSeconds } = problemOf(cause)
  return {
    message: detail,
    ...(error instanceof GraphQLError ? place(error) : {}),
    extensions: {
      code,
      status,
      ...(errors === undefined ? {} : { errors }),
      ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
      ...(cause instanceof TooCostly ? cause.measure : {}),
    },
  }
}

/** What is ours to mend, and has to be logged. */
export const isOurs = (error: unknown): boolean => {
  const cause = error instanceof GraphQLError ? error.originalError : error
  return (
    cause !== undefined &&
    !(cause instanceof GraphQLError) &&
    !(cause instanceof DomainError && cause.code !== 'internal')
  )
}

const place = ({ locations, path }: GraphQLError) => ({
  ...(locations === undefined ? {} : { locations: [...locations] }),
  ...(path === undefined ? {} : { path: [...path] }),
})
