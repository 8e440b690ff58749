/** Prints its port, then answers every GET with the bytes it was given on standard input: what Fastify costs without us. */
import Fastify from 'fastify'

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
const body = Buffer.concat(chunks)
const server = Fastify()
server.get('/transactions', (_request, reply) => reply.type('application/json; charset=utf-8').send(body))
await server.listen({ host: '127.0.0.1', port: 0 })
const address = server.server.address()
process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`)
