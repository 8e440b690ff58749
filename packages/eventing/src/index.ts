export * from './address.ts'
export { type CommandHandlerParts, EventsTooLarge } from './aggregate.ts'
export { createCommandHandler } from './command-handler.ts'
export type { DeadLetter, DeadLetters } from './dead-letters.ts'
export { type DeclaredEvents, declaredEvents, EventInvalid, eventCatalogue } from './declared-events.ts'
export { derivedUuid, sha256, uuidOfDigest } from './derived-uuid.ts'
export { type Envelope, envelopeOf, following, LogBroken, openMessage } from './envelope.ts'
export { readHistory } from './history.ts'
export * from './ports.ts'
export * from './position.ts'
export * from './projection.ts'
export { type ProjectionOverview, projectionOverview } from './projection-overview.ts'
export * from './projection-store.ts'
export { type Reaction, type RunReactionOptions, reaction, runReaction } from './reaction.ts'
export type { ReadPlace } from './read-place.ts'
export { reasonOf } from './reason.ts'
export { RowInvalid } from './rows.ts'
export {
  type ProjectionStatus,
  type RunningProjection,
  type RunProjectionOptions,
  runProjection,
} from './run-projection.ts'
export { SnapshotUnfit } from './snapshot.ts'
export * from './system.ts'
export {
  beginSpan,
  currentTrace,
  inSpan,
  installTracer,
  inTrace,
  type OpenSpan,
  type SpanFacts,
  type Trace,
  type Tracer,
} from './trace.ts'
export { type LogFault, type VerifiedLog, type VerifyLogOptions, verifyLog } from './verify-log.ts'
