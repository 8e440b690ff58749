import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refusal } from '../domain/wire-error.ts'

/** Fields that are a list however often a form names them. */
const LISTS = ['access_scope']

/** Bodies of the wire may be JSON, a form or a multipart form (gocardless.md §1); an empty JSON body counts as none. */
export function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)))
    } catch (error) {
      const detail = `JSON parse error - ${error instanceof Error ? error.message : String(error)}`
      done(refusal(400, 'JSON parse error', detail))
    }
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, fieldsOfForm(new URLSearchParams(String(body))))
  })
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const type = request.headers['content-type'] ?? ''
      try {
        const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
        return fieldsOfForm([...form].map(([name, value]) => [name, typeof value === 'string' ? value : '']))
      } catch (error) {
        const detail = `Multipart form parse error - ${error instanceof Error ? error.message : String(error)}`
        throw refusal(400, 'Multipart form parse error', detail)
      }
    },
  )
}

/** A name that comes several times is a list. */
function fieldsOfForm(entries: Iterable<[string, string]>): Record<string, string | string[]> {
  const values = new Map<string, string[]>()
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value])
  const only = (name: string, [first = '', ...more]: string[]) =>
    more.length > 0 || LISTS.includes(name) ? [first, ...more] : first
  return Object.fromEntries([...values].map(([name, all]) => [name, only(name, all)]))
}
