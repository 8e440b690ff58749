export { type JetStreamLogOptions, openJetStreamLog } from './jetstream-log.ts'
export { inboxOf } from './messages.ts'
export {
  copyStream,
  type ReactionPosition,
  reactionPositions,
  restoreStream,
  type StreamCopy,
  StreamCopyFailed,
  setReactions,
} from './stream-copies.ts'
export { BrokerUnfit, snapshotStreamOf, streamOf } from './streams.ts'
