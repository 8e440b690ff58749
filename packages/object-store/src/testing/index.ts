export { describeObjectStore } from './conformance.ts'
export { type Seaweed, startSeaweed, weedBinary } from './seaweed.ts'
