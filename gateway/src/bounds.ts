/** Every bound of what comes in, by name; `startGateway` takes others. */
export type GatewayBounds = {
  headerBytes: number
  headers: number
  urlCharacters: number
  /** Of a JSON body; files have their own (http/upload.ts). */
  bodyBytes: number
  jsonDepth: number
  /** Members and items together. */
  jsonValues: number
  /** From the first byte of a request to the last of its headers. */
  headersMs: number
  /** Of a whole request, however steadily it comes. */
  requestMs: number
  /** A body has to come at this rate, measured over `bodyWindowMs`. */
  bodyBytesPerSecond: number
  bodyWindowMs: number
  keepAliveMs: number
  requestsPerConnection: number
  /** Of one address that is no trusted proxy. */
  connectionsPerAddress: number
  connections: number
  /** Of one user, all tabs and devices together. */
  streamsPerUser: number
  /** Users and addresses of whom it is remembered what they asked for lately. */
  rememberedCallers: number
}

export const defaultBounds: GatewayBounds = {
  headerBytes: 16 * 1024,
  headers: 100,
  urlCharacters: 8 * 1024,
  bodyBytes: 1024 * 1024,
  jsonDepth: 32,
  jsonValues: 50_000,
  headersMs: 15_000,
  requestMs: 15 * 60_000,
  bodyBytesPerSecond: 4 * 1024,
  bodyWindowMs: 10_000,
  keepAliveMs: 10_000,
  requestsPerConnection: 10_000,
  connectionsPerAddress: 512,
  connections: 4_096,
  streamsPerUser: 32,
  rememberedCallers: 20_000,
}
