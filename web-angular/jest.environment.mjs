import { TestEnvironment } from 'jest-environment-jsdom'

/** jsdom without the parts of the web platform that Node has and jsdom leaves out; the specs use the real ones. */
const fromNode = {
  fetch,
  Headers,
  Request,
  Response,
  ReadableStream,
  TextDecoderStream,
  TextEncoder,
  TextDecoder,
  structuredClone,
}

export default class WebEnvironment extends TestEnvironment {
  async setup() {
    await super.setup()
    Object.assign(this.global, fromNode)
    this.global.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} })
  }
}
