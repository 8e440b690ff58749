import { Agent, request } from 'node:http'

/** `ms` from when it was due, so that one that had to wait for another says so. */
export type Answered = { status: number; bytes: number; ms: number }
export type Asked = { path: string; headers?: Record<string, string> }

/** Requests over kept connections of this process; what it costs itself is no part of what the asked process spends. */
export function openLoad(origin: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const url = new URL(origin)

  const once = ({ path, headers = {} }: Asked, due = performance.now()): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const options = { agent, host: url.hostname, port: url.port, path, headers }
      request(options, (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        response.once('error', reject)
        response.once('end', () => resolve({ status: response.statusCode ?? 0, bytes, ms: performance.now() - due }))
      })
        .once('error', reject)
        .end()
    })

  return {
    once,
    /** As many as are answered in the time, `connections` under way. Throws where one has another status. */
    async flood(forMs: number, status: number, next: (n: number) => Asked): Promise<Answered[]> {
      const answered: Answered[] = []
      const until = performance.now() + forMs
      let n = 0
      const worker = async () => {
        while (performance.now() < until) answered.push(expected(await once(next(n++)), status))
      }
      await Promise.all(Array.from({ length: connections }, worker))
      return answered
    },
    /** So many a second, each sent when it is due, whatever became of the others. */
    async pace(perSecond: number, forMs: number, next: (n: number) => Asked): Promise<Answered[]> {
      const from = performance.now()
      const sent: Promise<Answered>[] = []
      while (performance.now() - from < forMs) {
        const due = from + (sent.length * 1000) / perSecond
        const early = due - performance.now()
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
        sent.push(once(next(sent.length), due))
      }
      return Promise.all(sent)
    },
    close: () => agent.destroy(),
  }
}

function expected(answer: Answered, status: number): Answered {
  if (answer.status !== status) throw new Error(`Found status ${answer.status}, expected ${status}.`)
  return answer
}
