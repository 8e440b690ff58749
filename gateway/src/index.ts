export { type GatewayOptions, startGateway } from './start.ts'
