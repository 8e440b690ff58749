import { createServer } from 'node:net'

/**
 * Ports of 127.0.0.1 that nobody listened on a moment ago, each another one. They lie below the range from which a kernel
 * gives ports by itself (32768 on Linux, 49152 elsewhere): a port of that range can be taken, before its server is up, by any
 * outgoing connection and by whoever else asked for "any port". `besides`: of a server that takes another one so far above each.
 */
export async function freePorts(count: number, besides = 0): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) {
    const port = 12_000 + Math.floor(Math.random() * (20_000 - besides))
    if (!found.includes(port) && (await isFree(port)) && (await isFree(port + besides))) found.push(port)
  }
  return found
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
