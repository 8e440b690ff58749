import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { pagePolicy } from '../http/security-headers.ts'

/** React writes its parts' styles as attributes: the one page that allows them. */
const policy = pagePolicy({ styleAttributes: true })

/** Swagger UI over our own document: its files are served from here, its start is a file too (no inline script). */
export async function serveDocsPage(api: FastifyInstance): Promise<void> {
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const start = "window.ui = SwaggerUIBundle({ url: './openapi.json', dom_id: '#swagger-ui', deepLinking: true })"
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Personal Finances API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>`
  api.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page),
  )
  api.get('/docs/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start))
  await api.register(fastifyStatic, {
    root,
    prefix: '/docs/',
    wildcard: false,
    index: false,
    globIgnore: ['**/*.html', '**/*.map', '**/package.json'],
    decorateReply: false,
  })
}
