/**
 * Loaded before a service (NODE_OPTIONS): the one that `PF_FAULT_WIRES` names, `{"extraction": 4711}`, reaches the broker
 * over the wire at that port. Nothing of the service itself knows of it.
 */
const wires = JSON.parse(process.env.PF_FAULT_WIRES ?? '{}')
const service = /services\/(\w+)\/dist\/main\.js$/.exec(process.argv[1] ?? '')?.[1]
const port = wires[service ?? '']
const broker = process.env.NATS_URL
if (port !== undefined && broker !== undefined) {
  const url = new URL(broker)
  url.port = String(port)
  process.env.NATS_URL = url.href
}
