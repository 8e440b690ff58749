export { openApiDocument } from './openapi.ts'
export { type GatewayOptions, startGateway } from './start.ts'
