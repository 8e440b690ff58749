export { type Answerer, Answers, RawJson, type RequestContext, Unchanged } from './answers.ts'
export {
  type Bus,
  type BusOptions,
  type CallOptions,
  createBus,
  createBusOn,
  type Tagged,
  type TaggedCallOptions,
} from './bus.ts'
export { memoryWire } from './memory-wire.ts'
export { natsWire } from './nats-wire.ts'
export { shardOf } from './subjects.ts'
export type { Wire } from './wire.ts'
