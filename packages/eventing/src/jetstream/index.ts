export { type JetStreamLogOptions, openJetStreamLog } from './jetstream-log.ts'
export { BrokerUnfit, streamOf } from './streams.ts'
