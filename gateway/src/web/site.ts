import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyCompress from '@fastify/compress'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'

const immutable = /-[A-Za-z0-9_-]{8}\.(js|css|woff2|svg|png)$/

/** Nothing but our own files and our own API: no inline script, no other host. Inline styles are Angular's component styles. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** The dashboard's files, with the app's page for every address that is not a file. */
export async function openSite(root: string): Promise<FastifyInstance> {
  const site = fastify({ logger: false })
  await site.register(fastifyCompress, { threshold: 1024 })
  site.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy)
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cross-origin-opener-policy', 'same-origin')
  })
  if (!existsSync(join(root, 'index.html'))) {
    site.setNotFoundHandler((_request, reply) =>
      reply
        .status(503)
        .type('text/plain; charset=utf-8')
        .send('The dashboard is not built here. Run `npm run build`, then start again. The API answers under /api.\n'),
    )
    return site
  }
  await site.register(fastifyStatic, {
    root,
    cacheControl: false,
    setHeaders: (response, path) => {
      response.header('cache-control', immutable.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  site.setNotFoundHandler((request, reply) => {
    const isFile = /\.[a-z0-9]+$/i.test(request.url.split('?')[0] ?? '')
    if (isFile) return reply.status(404).type('text/plain').send('There is no such file.\n')
    return reply.header('cache-control', 'no-cache').sendFile('index.html')
  })
  return site
}
