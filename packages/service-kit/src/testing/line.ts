import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'

/** A line between a process and a server, to be cut and mended. */
export type Line = { port: number; cut(): void; mend(): void }

export async function startLine(to: { hostname: string; port: string }): Promise<Line> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    // Being cut is what this is for.
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((near) => {
    const far = keep(dial(Number(to.port), to.hostname))
    keep(near).pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    mend: () => void listen(port),
  }
}
