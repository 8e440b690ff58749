/** How far a reader has come, and in which log: when the stream was made, and the event that it read at `seq`. */
export type ReadPlace = { seq: number; streamCreatedAt: string; eventId?: string }

/**
 * What differs between the log that a reader knows and the one that is there; undefined where nothing does. A log that was
 * truncated, restored or made anew reuses sequences. That nothing stands at `seq` is left to who knows of erasures.
 */
export function differenceFrom(
  { seq, streamCreatedAt, eventId }: ReadPlace,
  { createdAt, lastSeq }: { createdAt: string; lastSeq: number },
  there: { headers: Readonly<Record<string, string>> } | undefined,
): string | undefined {
  if (streamCreatedAt !== createdAt) return `it was read as made at ${streamCreatedAt}, and was made at ${createdAt}`
  if (seq > lastSeq) return `it was read up to ${seq}, and ends at ${lastSeq}`
  const found = there?.headers['ce-id']
  if (eventId === undefined || !there || found === eventId) return undefined
  return `at ${seq} event ${eventId} was read, and event ${found} stands there`
}
