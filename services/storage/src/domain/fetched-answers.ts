import type { FeedEvent } from '@pf/contracts'

type TransactionsFetchedData = Extract<FeedEvent, { type: 'TransactionsFetched' }>['data']

/** The newest answers of an account's feed, oldest first: read from extraction's own log to store them in their order. */
export type FetchedAnswers = readonly TransactionsFetchedData[]

/** An answer that is still not stored after so many later ones will not be waited for. */
const KEPT = 16

export const nothingFetched: FetchedAnswers = []

export const addFetched = (answers: FetchedAnswers, { type, data }: FeedEvent): FetchedAnswers =>
  type === 'TransactionsFetched' ? [...answers, data].slice(-KEPT) : answers

/** Those that came before the given sync's. */
export function fetchedBefore(answers: FetchedAnswers, syncId: string): FetchedAnswers {
  const own = answers.findIndex((answer) => answer.syncId === syncId)
  return own === -1 ? [] : answers.slice(0, own)
}
