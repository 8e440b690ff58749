import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { TrustedProxies } from './proxies.ts'

/** One address does not take all connections: those beyond the bound are closed at once. A proxy brings many clients'. */
export function limitConnectionsPerAddress(server: Server, bound: number, isTrusted: TrustedProxies): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress
    if (address === undefined || isTrusted(address)) return
    const before = open.get(address) ?? 0
    if (before >= bound) return void socket.destroy()
    open.set(address, before + 1)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
  })
}
